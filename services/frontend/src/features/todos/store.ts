/** Holds the board, talks to the server, and tells whoever watches. React only draws it. */

import { newId } from "@/lib/id";
import { ProblemError, type Problem } from "@/lib/problem";
import type { Todo, TodoDraft, TodoPage, TodoPatch } from "@/lib/todo";
import type { TodoApi } from "./api";
import { emptyBoard, reduce, rowsOf, type Board, type BoardEvent, type Change } from "./board";

export type Snapshot = {
  board: Board;
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
  private readonly failedAdds = new Map<string, string>();
  private readonly limit = limiter(6); // as many connections as a browser has to one server
  private cursor: string | null;
  private notifying: ReturnType<typeof setTimeout> | undefined;
  private reading: AbortController | undefined;
  private state: Snapshot;

  constructor(
    private readonly api: TodoApi,
    first: { page?: TodoPage; problem?: Problem },
  ) {
    this.state = { board: emptyBoard(first.page), loading: false, problem: first.problem ?? null };
    this.cursor = first.page?.next_cursor ?? null;
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly snapshot = (): Snapshot => this.state;

  /** Reads what did not come with the page, a part at a time. */
  async readOn(): Promise<void> {
    if (this.cursor) await this.read(this.cursor);
  }

  /** Reads the whole list anew. A failure becomes part of the snapshot; what was read before stays. */
  async refresh(): Promise<void> {
    await this.read(null);
  }

  /** Takes in what was just changed elsewhere; deletions come as events. */
  async catchUp(): Promise<void> {
    if (this.state.board.todos.length < 100) {
      await this.refresh();
      return;
    }
    try {
      const { items } = await this.api.list(null, "-updated_at");
      this.dispatch({ type: "loaded", todos: items, whole: false });
    } catch (error) {
      this.set({ problem: error instanceof ProblemError ? error.problem : null });
    }
  }

  /** @returns the todo as it is now, the changes under way applied. @throws ProblemError when there is none. */
  async current(id: string): Promise<Todo> {
    return rowsOf(this.state.board).find(({ todo }) => todo.id === id)?.todo ?? (await this.api.get(id));
  }

  /** @throws ProblemError; the new row is gone then. */
  async add(draft: TodoDraft): Promise<Todo> {
    // The same text after a failure is the same wish: if the first one did arrive, the server answers what it did.
    const wish = JSON.stringify(draft);
    const key = this.failedAdds.get(wish) ?? newId();
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
    this.failedAdds.delete(wish);
    try {
      return await this.perform({ id: newId(), kind: "add", todo }, () => this.api.create(draft, key));
    } catch (error) {
      this.failedAdds.set(wish, key);
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
    if (this.state.board.changes.length > 0) {
      this.missed.set(event.id, event);
      return;
    }
    if (event.type === "restored") this.gone.delete(event.id);
    if (this.gone.has(event.id)) return;
    const known = this.state.board.todos.find(({ id }) => id === event.id);
    if (event.type === "deleted") {
      if (known) this.dispatch({ type: "vanished", todoId: event.id });
    } else if (!known || known.version < event.version) {
      await this.fetchOne(event.id);
    }
  }

  private async perform<T extends Todo | undefined>(change: Change, request: () => Promise<T>): Promise<T> {
    const id = change.kind === "add" ? change.todo.id : change.todoId;
    this.dispatch({ type: "started", change });
    const turn = (this.queues.get(id) ?? Promise.resolve()).then(() => this.limit(request));
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

  private async read(from: string | null): Promise<void> {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.set({ loading: true });
    const read: Todo[] = [];
    let cursor = from;
    try {
      do {
        const page = await this.api.list(cursor, "-created_at", reading.signal);
        if (reading.signal.aborted) return;
        cursor = page.next_cursor;
        read.push(...page.items);
        // A list that is on the screen is replaced once, by the whole of the new one.
        if (from !== null) this.dispatch({ type: "loaded", todos: page.items, whole: false });
        else if (cursor === null) this.dispatch({ type: "loaded", todos: read, whole: true });
        else if (this.state.board.todos.length < read.length) this.dispatch({ type: "loaded", todos: read, whole: false });
      } while (cursor !== null);
      this.cursor = null;
      this.set({ loading: false, problem: null });
    } catch (error) {
      if (reading.signal.aborted) return;
      if (from !== null) this.cursor = cursor;
      this.set({ loading: false, problem: error instanceof ProblemError ? error.problem : null });
    }
  }

  private versionOf(todo: Todo): number {
    return this.state.board.todos.find(({ id }) => id === todo.id)?.version ?? todo.version;
  }

  private dispatch(event: BoardEvent): void {
    this.state = { ...this.state, board: reduce(this.state.board, event) };
    // What a person does shows at once; a thousand answers to one act need not draw the list a thousand times.
    if (event.type === "started" || event.type === "failed") this.notify();
    else this.notifying ??= setTimeout(() => { this.notify(); }, 16);
  }

  private set(change: Partial<Snapshot>): void {
    this.state = { ...this.state, ...change };
    this.notify();
  }

  private notify(): void {
    clearTimeout(this.notifying);
    this.notifying = undefined;
    for (const watcher of this.watchers) watcher();
  }
}

/** @returns a function that runs at most so many pieces of work at once, in the order they came. */
function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
