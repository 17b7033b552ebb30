/** Holds the board, talks to the server, and tells whoever watches. React only draws it. */

import { newId } from "@/lib/id";
import { ProblemError, type Problem } from "@/lib/problem";
import type { Filter, Todo, TodoDraft, TodoPage, TodoPatch } from "@/lib/todo";
import type { TodoApi } from "./api";
import { emptyBoard, reduce, type Board, type BoardEvent, type Change } from "./board";

export type Snapshot = {
  board: Board;
  filter: Filter;
  loading: boolean;
  /** Why the list could not be read; what was read before stays. */
  problem: Problem | null;
};

type TodoEvent = { type: string; id: string; version: number };

export class TodoStore {
  private readonly watchers = new Set<() => void>();
  // Changes of one todo go one after the other, each with the version that the one before it made.
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly missed = new Map<string, TodoEvent>();
  // Deleted here: late news of what happened to them before is no reason to ask for them.
  private readonly gone = new Set<string>();
  private failedAdd: { title: string; key: string } | undefined;
  private reading: AbortController | undefined;
  private current: Snapshot;

  constructor(
    private readonly api: TodoApi,
    filter: Filter,
    first: { page?: TodoPage; problem?: Problem },
  ) {
    this.current = { board: emptyBoard(first.page), filter, loading: false, problem: first.problem ?? null };
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly snapshot = (): Snapshot => this.current;

  /** Shows another filter: at once what is known, then what the server says. */
  async show(filter: Filter): Promise<void> {
    if (filter === this.current.filter) return;
    this.set({ filter });
    await this.refresh();
  }

  /** Reads the list anew. A failure becomes part of the snapshot. */
  async refresh(): Promise<void> {
    await this.read(null);
  }

  async more(): Promise<void> {
    if (this.current.board.nextCursor) await this.read(this.current.board.nextCursor);
  }

  /** @throws ProblemError; the new row is gone then. */
  async add(draft: TodoDraft): Promise<Todo> {
    // The same text after a failure is the same wish: if the first one did arrive, the server answers what it did.
    const key = this.failedAdd?.title === draft.title ? this.failedAdd.key : newId();
    const now = new Date().toISOString();
    const todo: Todo = {
      description: "",
      priority: "normal",
      due_at: null,
      ...draft,
      id: `new-${key}`,
      completed: false,
      version: 0,
      created_at: now,
      updated_at: now,
    };
    this.failedAdd = undefined;
    try {
      return await this.perform({ id: newId(), kind: "add", todo }, () => this.api.create(draft, key));
    } catch (error) {
      this.failedAdd = { title: draft.title, key };
      throw error;
    }
  }

  /** @throws ProblemError; the row is as before then, or as the server has it when it was changed elsewhere. */
  async edit(todo: Todo, patch: TodoPatch): Promise<Todo> {
    return this.perform({ id: newId(), kind: "edit", todoId: todo.id, patch }, () =>
      this.api.edit(todo.id, patch, this.versionOf(todo)),
    );
  }

  /** @throws ProblemError; the row is back then. */
  async remove(todo: Todo): Promise<void> {
    await this.perform({ id: newId(), kind: "remove", todoId: todo.id }, () => this.api.remove(todo.id, this.versionOf(todo)));
  }

  /** Brings a deleted todo back, as itself. @throws ProblemError */
  async restore(todo: Todo): Promise<Todo> {
    return this.perform({ id: newId(), kind: "add", todo }, () => this.api.restore(todo.id));
  }

  /** Takes what the server says happened, here or in another window. */
  async receive(event: TodoEvent): Promise<void> {
    // The news of our own change may overtake its answer; it is looked at when the answer is there.
    if (this.current.board.changes.length > 0) {
      this.missed.set(event.id, event);
      return;
    }
    if (event.type === "restored") this.gone.delete(event.id);
    if (this.gone.has(event.id)) return;
    const known = this.current.board.todos.find(({ id }) => id === event.id);
    if (event.type === "deleted") {
      if (known) this.dispatch({ type: "vanished", todoId: event.id });
    } else if (!known || known.version < event.version) {
      await this.fetchOne(event.id);
    }
  }

  private async perform<T extends Todo | undefined>(change: Change, request: () => Promise<T>): Promise<T> {
    const id = change.kind === "add" ? change.todo.id : change.todoId;
    this.dispatch({ type: "started", change });
    const turn = (this.queues.get(id) ?? Promise.resolve()).then(request);
    const settled = turn.catch(() => undefined);
    this.queues.set(id, settled);
    try {
      const todo = await turn;
      if (change.kind === "remove") this.gone.add(id);
      else this.gone.delete(id);
      this.dispatch({ type: "settled", changeId: change.id, ...(todo && { todo }) });
      return todo;
    } catch (error) {
      this.dispatch({ type: "failed", changeId: change.id });
      await this.repair(id, error);
      throw error;
    } finally {
      if (this.queues.get(id) === settled) this.queues.delete(id);
      const missed = [...this.missed.values()];
      this.missed.clear();
      for (const event of missed) void this.receive(event);
    }
  }

  private async repair(id: string, error: unknown): Promise<void> {
    if (!(error instanceof ProblemError)) return;
    if (error.problem.status === 404) this.dispatch({ type: "vanished", todoId: id });
    if (error.problem.status === 412) await this.fetchOne(id);
  }

  private async fetchOne(id: string): Promise<void> {
    try {
      this.dispatch({ type: "received", todo: await this.api.get(id) });
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 404) this.dispatch({ type: "vanished", todoId: id });
    }
  }

  private async read(cursor: string | null): Promise<void> {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.set({ loading: true });
    try {
      const page = await this.api.list(this.current.filter, cursor, reading.signal);
      if (reading.signal.aborted) return;
      this.set({ loading: false, problem: null, board: reduce(this.current.board, { type: "loaded", page, append: cursor !== null }) });
    } catch (error) {
      if (reading.signal.aborted) return;
      this.set({ loading: false, problem: error instanceof ProblemError ? error.problem : null });
    }
  }

  private versionOf(todo: Todo): number {
    return this.current.board.todos.find(({ id }) => id === todo.id)?.version ?? todo.version;
  }

  private dispatch(event: BoardEvent): void {
    this.set({ board: reduce(this.current.board, event) });
  }

  private set(change: Partial<Snapshot>): void {
    this.current = { ...this.current, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
