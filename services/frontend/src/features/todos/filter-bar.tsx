import type { MouseEvent } from "react";
import { FILTERS, type Filter } from "@/lib/todo";
import { addressOf, type View } from "@/lib/view";

const NAMES: Record<Filter, string> = { all: "All", open: "Open", done: "Done" };

type Props = { view: View; onView: (view: View) => void };

/** Links, so that a filter can be bookmarked and opened elsewhere; a plain click stays on the page. */
export function FilterBar({ view, onView }: Props) {
  function choose(event: MouseEvent, filter: Filter) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onView({ ...view, filter });
  }
  return (
    <nav aria-label="Filter">
      <ul className="flex gap-1 rounded-lg bg-raised p-1">
        {FILTERS.map((name) => (
          <li key={name}>
            <a
              href={addressOf({ ...view, filter: name })}
              onClick={(event) => { choose(event, name); }}
              {...(name === view.filter && { "aria-current": "page" })}
              className="block rounded-md px-3 py-1.5 text-sm font-medium text-muted hover:text-ink aria-[current]:bg-lifted aria-[current]:text-ink aria-[current]:shadow-sm"
            >
              {NAMES[name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
