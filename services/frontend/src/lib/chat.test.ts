import { expect, it } from "vitest";
import { idsOf, parseAnswer, reasonOf, sizeOf, todosOf, type Action } from "./chat";

it.each([null, 3, "text", [], { actions: 1, confirm: [], choices: {} }])("reads an answer out of anything (%j)", (value) => {
  expect(parseAnswer(value)).toEqual({ reply: "", actions: [], choices: [], source: "rules" });
});

it("reads a whole answer and leaves out a tool that does not exist", () => {
  const answer = parseAnswer({
    reply: "Done.",
    actions: [{ tool: "create_todo", arguments: { title: "Milk" }, status: "done", result: { title: "Milk" }, undo: "u" }, { tool: "format_disk" }],
    confirm: { token: "t", summary: "Delete 2 todos?" },
    choices: [{ label: "Milk", message: "complete milk" }],
    source: "model",
  });
  expect(answer).toMatchObject({ reply: "Done.", confirm: { token: "t" }, choices: [{ label: "Milk" }], source: "model" });
  expect(answer.actions).toEqual([
    { tool: "create_todo", arguments: { title: "Milk" }, status: "done", result: { title: "Milk" }, undo: "u" },
  ]);
});

const action = (parts: Partial<Action>): Action => ({ tool: "list_todos", arguments: {}, status: "done", result: null, ...parts });

const titlesOf = (which: Action) => todosOf(which).map(({ title }) => title);

it.each([
  [{ title: "One" }, ["One"]],
  [{ todo: { title: "One" } }, ["One"]],
  [[{ title: "One" }, { title: "Two" }], ["One", "Two"]],
  [{ items: [{ title: "One" }] }, ["One"]],
  [null, []],
])("finds the titles in %j", (result, titles) => {
  expect(titlesOf(action({ result }))).toEqual(titles);
});

it("tells when a todo is due, unless that is no date", () => {
  const items = [{ title: "One", due_at: "2026-01-31" }, { title: "Two", due_at: "soon", completed: true }];
  expect(todosOf(action({ result: { items } }))).toEqual([
    { title: "One", due: "2026-01-31", completed: false },
    { title: "Two", due: null, completed: true },
  ]);
});

it("counts the todos of an action, also when it tells only their number", () => {
  expect(sizeOf(action({ result: { items: [{ title: "One" }, { title: "Two" }], more: false } }))).toBe(2);
  expect(sizeOf(action({ tool: "delete_todo", result: { done: 3, failed: 0 } }))).toBe(3);
});

it("falls back on the arguments and always has a reason", () => {
  expect(titlesOf(action({ arguments: { title: "Milk" } }))).toEqual(["Milk"]);
  expect(reasonOf(action({ result: "No such todo." }))).toBe("No such todo.");
  expect(reasonOf(action({ result: { detail: "Gone." } }))).toBe("Gone.");
  expect(reasonOf(action({}))).toBe("It did not work.");
});

it("knows which todos an action was about", () => {
  expect(idsOf(action({ result: { id: "a" }, arguments: { id: "a" } }))).toEqual(["a", "a"]);
  expect(idsOf(action({ arguments: { ids: ["a", "b", 3] }, result: { done: 2 } }))).toEqual(["a", "b"]);
});
