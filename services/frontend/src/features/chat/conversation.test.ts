import { expect, it } from "vitest";
import { canRetry, converse, historyOf, isRunning, type AssistantTurn, type ChatEvent, type Turn } from "./conversation";

const after = (...events: ChatEvent[]) => events.reduce<readonly Turn[]>(converse, []);
const request = { path: "/api/chat", body: { message: "add milk" }, key: "k" };
const awaited = (id: string): ChatEvent => ({ type: "awaited", id, request });
const asked: ChatEvent[] = [{ type: "asked", id: "q", text: "add milk" }, awaited("a")];
const added = { tool: "create_todo", arguments: {}, status: "done", result: { title: "milk" }, undo: "u" } as const;

it("gathers what streams in, then takes the whole answer's word for it", () => {
  const streaming = after(...asked, { type: "token", id: "a", text: "Ad" }, { type: "token", id: "a", text: "ded" }, { type: "action", id: "a", action: added });
  expect(streaming.at(-1)).toMatchObject({ text: "Added", status: "streaming", answer: { actions: [added] } });
  expect(isRunning(streaming.at(-1))).toBe(true);
  const done = converse(streaming, { type: "done", id: "a", answer: { reply: "Added milk.", actions: [added], choices: [], source: "rules" } });
  expect(done.at(-1)).toMatchObject({ text: "Added milk.", status: "done", answer: { actions: [added] } });
  expect(isRunning(done.at(-1))).toBe(false);
});

it("keeps what was said when it breaks off", () => {
  expect(after(...asked, { type: "token", id: "a", text: "Half" }, { type: "failed", id: "a", failure: "Broke off.", final: false }).at(-1)).toMatchObject({
    text: "Half",
    status: "failed",
    failure: "Broke off.",
  });
});

it("remembers decisions and undone actions at their own turn", () => {
  const turns = after(...asked, awaited("b"), { type: "decided", id: "a", decision: "no" }, { type: "undone", id: "a", undo: "u" });
  expect(turns[1]).toMatchObject({ decision: "no", undone: ["u"] });
  expect(turns[2]).toMatchObject({ undone: [] });
});

it("tells the chatbot only the last turns, and none that are empty", () => {
  const many = Array.from({ length: 20 }, (_, index): ChatEvent => ({ type: "asked", id: String(index), text: `m${index}` }));
  const history = historyOf(after(...many, awaited("a")));
  expect(history).toHaveLength(12);
  expect(history.at(-1)).toEqual({ role: "user", content: "m19" });
});

it("asks again as the very same request, but never after an action was told of", () => {
  const broken = after(...asked, { type: "token", id: "a", text: "Ad" }, { type: "failed", id: "a", failure: "Broke off.", final: false });
  expect(canRetry(broken[1] as AssistantTurn)).toBe(true);
  expect(converse(broken, { type: "retried", id: "a" }).at(-1)).toEqual(after(...asked).at(-1));
  const acted = after(...asked, { type: "action", id: "a", action: added }, { type: "stopped", id: "a" });
  expect(canRetry(acted[1] as AssistantTurn)).toBe(false);
  expect(canRetry(after(...asked, { type: "failed", id: "a", failure: "Expired.", final: true })[1] as AssistantTurn)).toBe(false);
});
