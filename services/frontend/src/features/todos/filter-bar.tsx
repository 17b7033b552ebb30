import type { MouseEvent } from "react";
import { FILTERS, type Filter } from "@/lib/todo";

const NAMES: Record<Filter, string> = { all: "All", open: "Open", done: "Done" };

export const filterAddress = (filter: Filter) => (filter === "all" ? "/" : `/?filter=${filter}`);

/** Links, so that a filter can be bookmarked and opened elsewhere; a plain click stays on the page. */
export function FilterBar({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  function choose(event: MouseEvent, wanted: Filter) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onFilter(wanted);
  }
  return (
    <nav aria-label="Filter">
      <ul className="flex gap-1 rounded-lg bg-raised p-1">
        {FILTERS.map((name) => (
          <li key={name}>
            <a
              href={filterAddress(name)}
              onClick={(event) => { choose(event, name); }}
              {...(name === filter && { "aria-current": "page" })}
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
