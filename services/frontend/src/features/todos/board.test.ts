import { describe, expect, it } from "vitest";
import { todo } from "../../../test/todos";
import { emptyBoard, reduce, rowsOf, type Board, type BoardEvent } from "./board";

const start = emptyBoard({ items: [todo(3), todo(2), todo(1)], next_cursor: null });
const after = (...events: BoardEvent[]) => events.reduce(reduce, start);
const titles = (board: Board) => rowsOf(board).map((row) => row.todo.title);

describe("a change under way", () => {
  it("shows at once and is gone without a trace when it fails", () => {
    const changes: BoardEvent[] = [
      { type: "started", change: { id: "c1", kind: "edit", todoId: "t2", patch: { title: "Edited" } } },
      { type: "started", change: { id: "c2", kind: "remove", todoId: "t1" } },
      { type: "started", change: { id: "c3", kind: "add", todo: todo(9, { id: "new-1", title: "Added" }) } },
    ];
    expect(titles(after(...changes))).toEqual(["Added", "Todo 3", "Edited"]);
    const failures = ["c1", "c2", "c3"].map((changeId): BoardEvent => ({ type: "failed", changeId }));
    expect(rowsOf(after(...changes, ...failures))).toEqual(rowsOf(start));
  });

  it("takes only its own effect back when another one fails", () => {
    const board = after(
      { type: "started", change: { id: "c1", kind: "edit", todoId: "t2", patch: { title: "First" } } },
      { type: "started", change: { id: "c2", kind: "edit", todoId: "t2", patch: { completed: true } } },
      { type: "failed", changeId: "c1" },
    );
    expect(rowsOf(board)[1]?.todo).toMatchObject({ title: "Todo 2", completed: true });
  });

  it("keeps the row's key when the server names the new todo", () => {
    const adding = after({ type: "started", change: { id: "c1", kind: "add", todo: todo(9, { id: "new-1" }) } });
    const added = reduce(adding, { type: "settled", changeId: "c1", todo: todo(9) });
    expect(rowsOf(adding)[0]).toMatchObject({ key: "new-1", isNew: true });
    expect(rowsOf(added)[0]).toMatchObject({ key: "new-1", isNew: false, todo: { id: "t9" } });
  });

  it("removes for good once the server agreed", () => {
    const board = after(
      { type: "started", change: { id: "c1", kind: "remove", todoId: "t2" } },
      { type: "settled", changeId: "c1" },
    );
    expect(titles(board)).toEqual(["Todo 3", "Todo 1"]);
  });

  it("shows a todo that is removed and restored, whatever the server knows yet", () => {
    const board = after(
      { type: "started", change: { id: "c1", kind: "remove", todoId: "t2" } },
      { type: "started", change: { id: "c2", kind: "add", todo: todo(2) } },
    );
    expect(titles(board).sort()).toEqual(["Todo 1", "Todo 2", "Todo 3"]);
  });
});

describe("news from the server", () => {
  it("never replaces a todo by an older state of it", () => {
    const board = after(
      { type: "received", todo: todo(2, { version: 3, title: "New" }) },
      { type: "received", todo: todo(2, { version: 2, title: "Old" }) },
      { type: "loaded", todos: [todo(3), todo(2), todo(1)], whole: true },
    );
    expect(titles(board)).toEqual(["Todo 3", "New", "Todo 1"]);
  });

  it("appends a further page without doubling what is there, and forgets what the whole list no longer has", () => {
    expect(titles(after({ type: "loaded", todos: [todo(1), todo(0)], whole: false }))).toEqual(["Todo 3", "Todo 2", "Todo 1", "Todo 0"]);
    expect(titles(after({ type: "loaded", todos: [todo(1), todo(0)], whole: true }))).toEqual(["Todo 1", "Todo 0"]);
  });

  it("drops what vanished", () => {
    expect(titles(after({ type: "vanished", todoId: "t3" }))).toEqual(["Todo 2", "Todo 1"]);
  });
});
