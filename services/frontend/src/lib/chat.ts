/** What the chatbot says, read with care: part of it may come from a model. */

export const TOOLS = ["create_todo", "list_todos", "update_todo", "complete_todo", "delete_todo"] as const;
export type Tool = (typeof TOOLS)[number];

export type Action = {
  tool: Tool;
  arguments: Record<string, unknown>;
  status: "done" | "failed";
  result: unknown;
  /** Given back to the chatbot, it undoes the action. */
  undo?: string;
};
/** A question, and the titles of the todos that a yes would touch. */
export type Confirm = { token: string; summary: string; titles: string[] };
export type Choice = { label: string; message: string };
export type Source = "rules" | "model";

export type Answer = {
  reply: string;
  actions: Action[];
  confirm?: Confirm;
  choices: Choice[];
  source: Source;
};

export type ChatStatus = { mode: Source; model: { name: string; reachable: boolean; detail: string } };

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** @returns the answer that the value holds; what is not in it is empty. */
export function parseAnswer(value: unknown): Answer {
  const { reply, actions, confirm, choices, source } = fieldsOf(value);
  const { token, summary, titles } = fieldsOf(confirm);
  return {
    reply: textOf(reply),
    actions: listOf(actions).flatMap((action) => parseAction(action) ?? []),
    ...(typeof token === "string" && { confirm: { token, summary: textOf(summary), titles: listOf(titles).map(textOf).filter(Boolean) } }),
    choices: listOf(choices).map(fieldsOf).map(({ label, message }) => ({ label: textOf(label), message: textOf(message) })),
    source: source === "model" ? "model" : "rules",
  };
}

/** @returns the action, or undefined for a tool that this page does not know. */
export function parseAction(value: unknown): Action | undefined {
  const fields = fieldsOf(value);
  const tool = TOOLS.find((name) => name === fields.tool);
  if (!tool) return undefined;
  return {
    tool,
    arguments: fieldsOf(fields.arguments),
    status: fields.status === "done" ? "done" : "failed",
    result: fields.result,
    ...(typeof fields.undo === "string" && { undo: fields.undo }),
  };
}

export type Mentioned = { title: string; due: string | null; completed: boolean };

/** @returns the todos that an action is about, from its result or, failing that, its arguments. */
export function todosOf({ arguments: given, result }: Action): Mentioned[] {
  const fields = fieldsOf(result);
  const found = [result, fields.todo, ...listOf(result), ...listOf(fields.items), ...listOf(fields.todos)].flatMap(mentioned);
  return found.length > 0 ? found : mentioned({ title: given.title });
}

function mentioned(value: unknown): Mentioned[] {
  const { title, due_at, completed } = fieldsOf(value);
  if (typeof title !== "string" || title === "") return [];
  const due = typeof due_at === "string" && !Number.isNaN(Date.parse(due_at)) ? due_at : null;
  return [{ title, due, completed: completed === true }];
}

/** @returns how many todos an action was about; one that touched many tells their number, not their titles. */
export function sizeOf(action: Action): number {
  const { done } = fieldsOf(action.result);
  return typeof done === "number" ? done : todosOf(action).length;
}

/** @returns the ids of the todos that an action was about. */
export function idsOf({ arguments: given, result }: Action): string[] {
  return [fieldsOf(result).id, given.id, ...listOf(given.ids)].filter((id): id is string => typeof id === "string");
}

/** @returns why an action failed, as one sentence. */
export function reasonOf({ result }: Action): string {
  const { detail, message, error, title } = fieldsOf(result);
  return textOf(result) || textOf(detail) || textOf(message) || textOf(error) || textOf(title) || "It did not work.";
}

/** @returns whether the todo list is another one after this action. */
export function changesList({ tool, status }: Action): boolean {
  return status === "done" && tool !== "list_todos";
}
