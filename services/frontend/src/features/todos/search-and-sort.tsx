import { SORTS, type Sort, type View } from "@/lib/view";

const NAMES: Record<Sort, string> = { due: "Due date", newest: "Newest", priority: "Priority", title: "Title" };

type Props = { view: View; onView: (view: View) => void; onSearch: (q: string) => void };

export function SearchAndSort({ view, onView, onSearch }: Props) {
  return (
    <search className="mt-3 flex flex-wrap gap-2">
      <input
        id="search"
        type="search"
        aria-label="Search todos"
        placeholder="Search"
        value={view.q}
        maxLength={200}
        onChange={(event) => { onSearch(event.target.value); }}
        className="input min-w-32 flex-1"
      />
      <select
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => { onView({ ...view, sort: event.target.value as Sort }); }}
        className="input w-auto"
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>{NAMES[sort]}</option>
        ))}
      </select>
    </search>
  );
}
