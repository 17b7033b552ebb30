/** The todo as the backend speaks it, and the small questions that the page asks about one. */

export const PRIORITIES = ["low", "normal", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

export type Todo = {
  id: string;
  title: string;
  description: string;
  completed: boolean;
  priority: Priority;
  /** A day ("2026-01-31"), a moment with offset, or nothing. */
  due_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
};

export type TodoDraft = { title: string } & Partial<Pick<Todo, "description" | "priority" | "due_at">>;
export type TodoPatch = Partial<Pick<Todo, "title" | "description" | "completed" | "priority" | "due_at">>;
export type TodoPage = { items: Todo[]; next_cursor: string | null };

export const FILTERS = ["all", "open", "done"] as const;
export type Filter = (typeof FILTERS)[number];

export const TITLE_LIMIT = 500;

/** @returns the filter that an address names; an unknown or missing name means all. */
export function parseFilter(name: string | null | undefined): Filter {
  return FILTERS.find((filter) => filter === name) ?? "all";
}

export function matchesFilter(todo: Pick<Todo, "completed">, filter: Filter): boolean {
  return filter === "all" || todo.completed === (filter === "done");
}

/** How many of the backend's todos come with one answer. */
const PAGE = 100;

/** @returns the backend's query for one page of the list. */
export function listQuery(cursor?: string | null, sort = "-created_at"): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE), sort });
  if (cursor) query.set("cursor", cursor);
  return query;
}
