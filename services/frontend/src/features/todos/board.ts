/**
 * What the list shows, as a pure value: what the server said, with the changes that are still under way laid over it.
 * A change that fails is taken off again, and what it covered is there as before.
 */

import { matchesFilter, type Filter, type Todo, type TodoPage, type TodoPatch } from "@/lib/todo";

export type Change = { id: string } & (
  | { kind: "add"; todo: Todo }
  | { kind: "edit"; todoId: string; patch: TodoPatch }
  | { kind: "remove"; todoId: string }
);

export type Board = {
  /** As the server last said, newest first. */
  todos: readonly Todo[];
  changes: readonly Change[];
  nextCursor: string | null;
  /** React keys of todos that were shown before they had their id: the row stays the same element. */
  keys: Readonly<Record<string, string>>;
};

export type BoardEvent =
  | { type: "loaded"; page: TodoPage; append: boolean }
  | { type: "started"; change: Change }
  | { type: "settled"; changeId: string; todo?: Todo }
  | { type: "failed"; changeId: string }
  | { type: "received"; todo: Todo }
  | { type: "vanished"; todoId: string };

export type Row = { key: string; todo: Todo; /** Not yet known to the server. */ isNew: boolean };

export function emptyBoard(page?: TodoPage): Board {
  return { todos: page?.items ?? [], changes: [], nextCursor: page?.next_cursor ?? null, keys: {} };
}

export function reduce(board: Board, event: BoardEvent): Board {
  switch (event.type) {
    case "loaded":
      return {
        ...board,
        todos: event.append ? event.page.items.reduce(put, board.todos) : event.page.items.map((todo) => newer(board.todos, todo)),
        nextCursor: event.page.next_cursor,
      };
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

/** @returns the rows to show: the server's todos, the changes under way applied, those that the filter hides left out. */
export function rowsOf(board: Board, filter: Filter): Row[] {
  const todos = board.changes.reduce(apply, board.todos);
  const added = new Set(board.changes.filter((change) => change.kind === "add").map(({ todo }) => todo.id));
  return todos
    .filter((todo) => matchesFilter(todo, filter))
    .map((todo) => ({ key: board.keys[todo.id] ?? todo.id, todo, isNew: added.has(todo.id) }));
}

function apply(todos: readonly Todo[], change: Change): readonly Todo[] {
  switch (change.kind) {
    case "add":
      return put(todos, change.todo);
    case "edit":
      return todos.map((todo) => (todo.id === change.todoId ? { ...todo, ...change.patch } : todo));
    case "remove":
      return todos.filter(({ id }) => id !== change.todoId);
  }
}

/** Replaces the todo, unless the one here is newer (answers may overtake each other), or inserts it where it belongs. */
function put(todos: readonly Todo[], todo: Todo): readonly Todo[] {
  if (todos.some(({ id }) => id === todo.id)) {
    return todos.map((known) => (known.id === todo.id && known.version <= todo.version ? todo : known));
  }
  const place = todos.findIndex((known) => Date.parse(known.created_at) < Date.parse(todo.created_at));
  return place < 0 ? [...todos, todo] : todos.toSpliced(place, 0, todo);
}

const newer = (known: readonly Todo[], todo: Todo) =>
  known.find(({ id, version }) => id === todo.id && version > todo.version) ?? todo;
const without = (board: Board, changeId: string) => ({ ...board, changes: board.changes.filter(({ id }) => id !== changeId) });
const drop = (board: Board, todoId: string) => ({ ...board, todos: board.todos.filter(({ id }) => id !== todoId) });
