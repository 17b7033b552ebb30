/** Arranges rows for reading: Overdue, Today, Later and Done, each in the order that was asked for. */

import { PRIORITIES, matchesFilter, type Todo } from "@/lib/todo";
import type { View } from "@/lib/view";
import type { Row } from "./board";

export const GROUPS = ["overdue", "today", "later", "done"] as const;
export type GroupName = (typeof GROUPS)[number];
export type Group = { name: GroupName; rows: Row[] };

/** A moment and the reader's day around it. */
export type Today = { now: number; day: string; ends: number };

/** @returns the day as the reader's clock has it. */
export function todayOf(now: Date): Today {
  const ends = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  const two = (number: number) => String(number).padStart(2, "0");
  return { now: now.getTime(), day: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`, ends: ends.getTime() };
}

/** @returns the day in UTC: the server's guess until the page knows its reader's time zone. */
export function todayInUtc(moment: string): Today {
  const day = moment.slice(0, 10);
  return { now: Date.parse(moment), day, ends: Date.parse(day) + 86_400_000 };
}

export function groupOf({ completed, due_at: due }: Pick<Todo, "completed" | "due_at">, today: Today): GroupName {
  if (completed) return "done";
  if (due === null) return "later";
  if (isDay(due)) return due < today.day ? "overdue" : due === today.day ? "today" : "later";
  const moment = Date.parse(due);
  return moment < today.now ? "overdue" : moment < today.ends ? "today" : "later";
}

/** @returns the groups that have rows; what the filter or the search hides is left out. */
export function arrange(rows: readonly Row[], view: View, today: Today): Group[] {
  const words = fold(view.q.trim());
  const groups = new Map<GroupName, Row[]>(GROUPS.map((name) => [name, []]));
  for (const row of rows) {
    if (!matchesFilter(row.todo, view.filter) || (words !== "" && !searchText(row.todo).includes(words))) continue;
    groups.get(groupOf(row.todo, today))?.push(row);
  }
  const order = ORDERS[view.sort];
  return GROUPS.map((name) => ({ name, rows: (groups.get(name) ?? []).sort(order) })).filter((group) => group.rows.length > 0);
}

type Order = (a: Row, b: Row) => number;

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
// What was just written is on top, whatever this computer's clock says.
const newest: Order = (a, b) => Number(b.isNew) - Number(a.isNew) || created(b.todo) - created(a.todo) || (a.todo.id < b.todo.id ? 1 : -1);
const ORDERS: Record<View["sort"], Order> = {
  newest,
  // What has no date comes after what has one.
  due: (a, b) => dueOf(a.todo) - dueOf(b.todo) || newest(a, b),
  priority: (a, b) => PRIORITIES.indexOf(b.todo.priority) - PRIORITIES.indexOf(a.todo.priority) || dueOf(a.todo) - dueOf(b.todo) || newest(a, b),
  title: (a, b) => collator.compare(a.todo.title, b.todo.title) || newest(a, b),
};

const NEVER = 8.64e15;
const dueOf = once(({ due_at: due }) => (due === null ? NEVER : Date.parse(isDay(due) ? `${due}T00:00` : due)));
const created = once((todo) => Date.parse(todo.created_at));
const searchText = once(({ title, description }) => fold(`${title}\n${description}`));

const isDay = (due: string) => due.length === 10;
const fold = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** Todos never change, they are replaced: what was worked out of one holds. */
function once<T>(work: (todo: Todo) => T): (todo: Todo) => T {
  const known = new WeakMap<Todo, { value: T }>();
  return (todo) => {
    let found = known.get(todo);
    if (!found) known.set(todo, (found = { value: work(todo) }));
    return found.value;
  };
}
