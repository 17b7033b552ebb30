/** What of the list is looked at, and in which order: the address holds it, so a reload and Back keep it. */

import { parseFilter, type Filter } from "./todo";

export const SORTS = ["due", "newest", "priority", "title"] as const;
export type Sort = (typeof SORTS)[number];

export type View = { filter: Filter; q: string; sort: Sort };

/** @param get reads a parameter of the address. An unknown value counts as none. */
export function viewIn(get: (name: string) => string | null | undefined): View {
  return {
    filter: parseFilter(get("filter")),
    q: (get("q") ?? "").slice(0, 200),
    sort: SORTS.find((sort) => sort === get("sort")) ?? "due",
  };
}

/** @returns the address of a view; what is usual is left out. */
export function addressOf({ filter, q, sort }: View): string {
  const query = new URLSearchParams();
  if (filter !== "all") query.set("filter", filter);
  if (q.trim() !== "") query.set("q", q);
  if (sort !== "due") query.set("sort", sort);
  return query.size > 0 ? `/?${query.toString()}` : "/";
}
