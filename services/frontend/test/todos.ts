import type { Todo } from "@/lib/todo";

/** @returns a todo of which only the named parts matter to the test; the higher its number, the newer it is. */
export function todo(number: number, parts: Partial<Todo> = {}): Todo {
  const moment = new Date(Date.UTC(2026, 0, 1, 12, number)).toISOString();
  return {
    id: `t${number}`,
    title: `Todo ${number}`,
    description: "",
    completed: false,
    priority: "normal",
    due_at: null,
    version: 1,
    created_at: moment,
    updated_at: moment,
    ...parts,
  };
}
