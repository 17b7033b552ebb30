/**
 * What the list shows, as a pure value: what the server said, with the changes that are still under way laid over it.
 * A change that fails is taken off again, and what it covered is there as before.
 */

import type { Todo, TodoPage, TodoPatch } from "@/lib/todo";

export type Change = { id: string } & (
  | { kind: "add"; todo: Todo }
  | { kind: "edit"; todoId: string; patch: TodoPatch }
  | { kind: "remove"; todoId: string }
);

export type Board = {
  /** As the server last said, in no order. */
  todos: readonly Todo[];
  changes: readonly Change[];
  /** React keys of todos that were shown before they had their id: the row stays the same element. */
  keys: Readonly<Record<string, string>>;
};

export type BoardEvent =
  | { type: "loaded"; todos: readonly Todo[]; whole: boolean }
  | { type: "started"; change: Change }
  | { type: "settled"; changeId: string; todo?: Todo }
  | { type: "failed"; changeId: string }
  | { type: "received"; todo: Todo }
  | { type: "vanished"; todoId: string };

export type Row = { key: string; todo: Todo; /** Not yet known to the server. */ isNew: boolean };

export function emptyBoard(page?: TodoPage): Board {
  return { todos: page?.items ?? [], changes: [], keys: {} };
}

export function reduce(board: Board, event: BoardEvent): Board {
  switch (event.type) {
    case "loaded":
      return { ...board, todos: merged(board.todos, event.todos, event.whole) };
    case "started":
      return { ...board, changes: [...board.changes, event.change] };
    case "settled": {
      const change = board.changes.find(({ id }) => id === event.changeId);
      const rest = without(board, event.changeId);
      if (change?.kind === "remove") return drop(rest, change.todoId);
      if (!event.todo) return rest;
      const known = { ...rest, todos: put(rest.todos, event.todo) };
      return change?.kind === "add" ? { ...known, keys: { ...board.keys, [event.todo.id]: change.todo.id } } : known;
    }
    case "failed":
      return without(board, event.changeId);
    case "received":
      return { ...board, todos: put(board.todos, event.todo) };
    case "vanished":
      return drop(board, event.todoId);
  }
}

/** @returns the rows to show: the server's todos with the changes under way applied, those of the same todo in their order. */
export function rowsOf(board: Board): Row[] {
  const patches = new Map<string, TodoPatch>();
  const removed = new Set<string>();
  const added = new Map<string, Todo>();
  for (const change of board.changes) {
    if (change.kind === "edit") patches.set(change.todoId, { ...patches.get(change.todoId), ...change.patch });
    else if (change.kind === "remove") {
      removed.add(change.todoId);
      added.delete(change.todoId);
    } else {
      removed.delete(change.todo.id);
      added.set(change.todo.id, change.todo);
    }
  }
  const row = (todo: Todo): Row => {
    const patch = patches.get(todo.id);
    return { key: board.keys[todo.id] ?? todo.id, todo: patch ? { ...todo, ...patch } : todo, isNew: added.has(todo.id) };
  };
  const rows = board.todos.filter(({ id }) => !removed.has(id) && !added.has(id)).map(row);
  return [...[...added.values()].reverse().map(row), ...rows];
}

/** What is here and newer stays: answers may overtake each other. */
function merged(known: readonly Todo[], read: readonly Todo[], whole: boolean): readonly Todo[] {
  const before = new Map(known.map((todo) => [todo.id, todo]));
  const after = new Map(whole ? [] : before);
  for (const todo of read) {
    const here = before.get(todo.id);
    after.set(todo.id, here && here.version >= todo.version ? here : todo);
  }
  return [...after.values()];
}

const put = (todos: readonly Todo[], todo: Todo) =>
  todos.some(({ id }) => id === todo.id)
    ? todos.map((known) => (known.id === todo.id && known.version <= todo.version ? todo : known))
    : [todo, ...todos];
const without = (board: Board, changeId: string) => ({ ...board, changes: board.changes.filter(({ id }) => id !== changeId) });
const drop = (board: Board, todoId: string) => ({ ...board, todos: board.todos.filter(({ id }) => id !== todoId) });
