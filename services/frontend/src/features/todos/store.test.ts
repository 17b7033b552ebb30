import { describe, expect, it, vi } from "vitest";
import { ProblemError } from "@/lib/problem";
import type { Todo } from "@/lib/todo";
import { todo } from "../../../test/todos";
import type { TodoApi } from "./api";
import { rowsOf } from "./board";
import { TodoStore } from "./store";

const problem = (status: number, code = "x") => new ProblemError({ status, code, title: "No", detail: "No.", errors: [] });

function setUp(answers: Partial<TodoApi>, first: Todo[] = [todo(2), todo(1)], cursor: string | null = null) {
  const unexpected = () => Promise.reject(new Error("not expected"));
  const api: TodoApi = {
    list: unexpected,
    get: unexpected,
    create: unexpected,
    edit: unexpected,
    remove: unexpected,
    restore: unexpected,
    ...answers,
  };
  const store = new TodoStore(api, { page: { items: first, next_cursor: cursor } });
  return { store, titles: () => rowsOf(store.snapshot().board).map((row) => row.todo.title).sort().reverse() };
}

it("sends changes of one todo one after the other, each with the version before it", async () => {
  const edit = vi.fn((_: string, patch: object, version: number) => Promise.resolve(todo(1, { ...patch, version: version + 1 })));
  const { store } = setUp({ edit });
  await Promise.all([store.edit(todo(1), { title: "A" }), store.edit(todo(1), { title: "B" }), store.edit(todo(1), { title: "C" })]);
  expect(edit.mock.calls.map(([, patch, version]) => [patch, version])).toEqual([
    [{ title: "A" }, 1],
    [{ title: "B" }, 2],
    [{ title: "C" }, 3],
  ]);
});

it("shows the server's state after a lost race, and says so", async () => {
  const { store, titles } = setUp({
    edit: () => Promise.reject(problem(412, "version_mismatch")),
    get: () => Promise.resolve(todo(1, { version: 5, title: "Theirs" })),
  });
  await expect(store.edit(todo(1), { title: "Mine" })).rejects.toThrow("changed elsewhere");
  expect(titles()).toEqual(["Todo 2", "Theirs"]);
});

it("puts the row back when deleting fails, and drops it when it is gone already", async () => {
  const answers = [problem(500), problem(404, "not_found")];
  const { store, titles } = setUp({ remove: () => Promise.reject(answers.shift() ?? problem(500)) });
  await expect(store.remove(todo(1))).rejects.toThrow();
  expect(titles()).toEqual(["Todo 2", "Todo 1"]);
  await expect(store.remove(todo(1))).rejects.toThrow();
  expect(titles()).toEqual(["Todo 2"]);
});

it("repeats a failed add under the same key, so that it cannot happen twice", async () => {
  const keys: string[] = [];
  const { store } = setUp({
    create: (_, key) => {
      keys.push(key);
      return keys.length === 1 ? Promise.reject(problem(504)) : Promise.resolve(todo(9));
    },
  });
  await expect(store.add({ title: "Milk" })).rejects.toThrow();
  await store.add({ title: "Milk" });
  await store.add({ title: "Milk" });
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

describe("events", () => {
  it("ask the server only about what is not known yet", async () => {
    const get = vi.fn(() => Promise.resolve(todo(1, { version: 2, title: "Elsewhere" })));
    const { store, titles } = setUp({ get });
    await store.receive({ type: "updated", id: "t1", version: 1 });
    expect(get).not.toHaveBeenCalled();
    await store.receive({ type: "updated", id: "t1", version: 2 });
    expect(titles()).toEqual(["Todo 2", "Elsewhere"]);
    await store.receive({ type: "deleted", id: "t2", version: 2 });
    expect(titles()).toEqual(["Elsewhere"]);
  });

  it("of a todo that was deleted here ask for nothing, until it is restored", async () => {
    const get = vi.fn(() => Promise.resolve(todo(1, { version: 4 })));
    let removed: () => void = () => undefined;
    const { store, titles } = setUp({ get, remove: () => new Promise((resolve) => (removed = () => { resolve(undefined); })) });
    const removing = store.remove(todo(1));
    await store.receive({ type: "updated", id: "t1", version: 2 });
    await vi.waitFor(() => { removed(); });
    await removing;
    await store.receive({ type: "updated", id: "t1", version: 2 });
    await store.receive({ type: "deleted", id: "t1", version: 3 });
    expect(get).not.toHaveBeenCalled();
    await store.receive({ type: "restored", id: "t1", version: 4 });
    expect(titles()).toEqual(["Todo 2", "Todo 1"]);
  });

  it("wait for the answer to our own change", async () => {
    const get = vi.fn(() => Promise.reject(problem(500)));
    let answer: (todo: Todo) => void = () => undefined;
    const { store, titles } = setUp({ get, create: () => new Promise((resolve) => (answer = resolve)) });
    const adding = store.add({ title: "Todo 9" });
    await store.receive({ type: "created", id: "t9", version: 1 });
    await vi.waitFor(() => { answer(todo(9)); });
    await adding;
    expect(get).not.toHaveBeenCalled();
    expect(titles()).toEqual(["Todo 9", "Todo 2", "Todo 1"]);
  });
});

describe("reading", () => {
  it("keeps what is there and the reason when it fails, and recovers", async () => {
    const answers = [() => Promise.reject(problem(502, "upstream_unreachable")), () => Promise.resolve({ items: [todo(7)], next_cursor: null })];
    const { store, titles } = setUp({ list: () => (answers.shift() ?? (() => Promise.reject(problem(500))))() });
    await store.refresh();
    expect(titles()).toEqual(["Todo 2", "Todo 1"]);
    expect(store.snapshot().problem?.code).toBe("upstream_unreachable");
    await store.refresh();
    expect(titles()).toEqual(["Todo 7"]);
    expect(store.snapshot().problem).toBeNull();
  });

  it("goes on where the page ended, and shows each part as it comes", async () => {
    const list = vi.fn((cursor: string | null) => Promise.resolve({ items: [todo(cursor === "c1" ? 8 : 7)], next_cursor: cursor === "c1" ? "c2" : null }));
    const { store, titles } = setUp({ list }, [todo(9)], "c1");
    await store.readOn();
    expect(list.mock.calls.map(([cursor]) => cursor)).toEqual(["c1", "c2"]);
    expect(titles()).toEqual(["Todo 9", "Todo 8", "Todo 7"]);
  });

  it("ignores an answer that a newer reading has overtaken", async () => {
    const waiting: ((items: Todo[]) => void)[] = [];
    const { store, titles } = setUp({
      list: () => new Promise((resolve) => waiting.push((items) => { resolve({ items, next_cursor: null }); })),
    });
    const old = store.refresh();
    const recent = store.refresh();
    waiting[1]?.([todo(5)]);
    waiting[0]?.([todo(6)]);
    await Promise.all([old, recent]);
    expect(titles()).toEqual(["Todo 5"]);
  });
});

it("sends no more at once than the browser has connections", async () => {
  let running = 0;
  let most = 0;
  const many = Array.from({ length: 30 }, (_, number) => todo(number));
  const { store } = setUp({
    remove: async () => {
      most = Math.max(most, (running += 1));
      await Promise.resolve();
      running -= 1;
      return undefined;
    },
  }, many);
  await Promise.all(many.map((one) => store.remove(one)));
  expect(most).toBe(6);
  expect(store.snapshot().board.todos).toEqual([]);
});
