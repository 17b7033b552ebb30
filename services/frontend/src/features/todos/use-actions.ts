import { useCallback, useMemo, useSyncExternalStore } from "react";
import { newId } from "@/lib/id";
import { ProblemError, sentenceOf } from "@/lib/problem";
import type { Todo, TodoDraft, TodoPatch } from "@/lib/todo";
import { useAnnounce } from "@/ui/announcer";
import { UndoHistory, type Act, type Step } from "./history";
import type { TodoStore } from "./store";

export type Actions = {
  /** @returns why not, or nothing. */
  add: (draft: TodoDraft) => Promise<string | undefined>;
  addAll: (drafts: TodoDraft[]) => void;
  edit: (todos: readonly Todo[], patch: TodoPatch) => void;
  remove: (todos: readonly Todo[]) => void;
  /** Undoes the latest act; nothing when there is none. */
  undo: () => void;
  /** What `undo` would undo. */
  undoable: string | undefined;
};

/** What a person does to the list: shown at once, said, undone on demand, and offered again when it failed. */
export function useActions(store: TodoStore, userId: string): Actions {
  const announce = useAnnounce();
  const history = useMemo(() => new UndoHistory(`undo:${userId}`), [userId]);
  const last = useSyncExternalStore(history.subscribe, history.last, () => undefined);

  const undoAct = useCallback(
    async (id: string) => {
      const act = history.take(id);
      if (!act) return;
      const failures = await settle(act.steps, (step) => takeBack(store, step));
      if (failures.length === 0) announce({ text: `Undone: ${act.label}` });
      else announce({ text: failures[0]?.reason ?? "", bad: true });
      const left = failures.filter(({ again }) => again).map(({ item }) => item);
      if (left.length > 0) history.push({ ...act, steps: left });
    },
    [store, history, announce],
  );

  return useMemo(() => {
    /** Does the same to each todo, as one act with one undo. */
    async function act<T>(items: readonly T[], label: string, work: (item: T) => Promise<unknown>, steps: (item: T) => Step): Promise<void> {
      const made: Act = { id: newId(), label, steps: items.map(steps) };
      history.push(made);
      const failures = await settle(items, work);
      if (failures.length === 0) {
        announce({ text: label, action: { label: "Undo", run: () => void undoAct(made.id) } });
        return;
      }
      // What failed did not happen, so there is nothing of it to undo.
      const failed = new Set(failures.map(({ item }) => item));
      if (history.take(made.id) && failed.size < items.length) {
        history.push({ ...made, steps: items.filter((item) => !failed.has(item)).map(steps) });
      }
      const retry = failures.filter(({ again }) => again).map(({ item }) => item);
      announce({
        text: failures[0]?.reason ?? "",
        bad: true,
        ...(retry.length > 0 && { action: { label: "Retry", run: () => void act(retry, label, work, steps) } }),
      });
    }

    const addOne = async (draft: TodoDraft, made: Step[]) => {
      const todo = await store.add(draft);
      made.push({ kind: "remove", id: todo.id });
    };

    return {
      async add(draft) {
        const steps: Step[] = [];
        try {
          await addOne(draft, steps);
        } catch (error) {
          return sentenceOf(error);
        }
        history.push({ id: newId(), label: `Added “${draft.title}”`, steps });
        announce({ text: `Added “${draft.title}”`, quiet: true });
        return undefined;
      },
      addAll(drafts) {
        const addThem = async (wanted: readonly TodoDraft[]) => {
          const steps: Step[] = [];
          // The first line shall be the topmost, so it is the newest.
          const failures = await settle(wanted.toReversed(), (draft) => addOne(draft, steps), 1);
          const label = `Added ${wanted.length - failures.length} todos`;
          const id = newId();
          if (steps.length > 0) history.push({ id, label, steps });
          if (failures.length === 0) announce({ text: label, action: { label: "Undo", run: () => void undoAct(id) } });
          else {
            const left = failures.map(({ item }) => item).toReversed();
            announce({ text: failures[0]?.reason ?? "", bad: true, action: { label: "Retry", run: () => void addThem(left) } });
          }
        };
        void addThem(drafts);
      },
      edit(todos, patch) {
        const label = labelOf(patch.completed === undefined ? "Saved" : patch.completed ? "Completed" : "Reopened", todos, patch.title);
        void act(
          todos,
          label,
          (todo) => store.edit(todo, patch),
          (todo) => ({ kind: "edit", id: todo.id, unless: patch, patch: before(todo, patch) }),
        );
      },
      remove(todos) {
        void act(todos, labelOf("Deleted", todos), (todo) => store.remove(todo), (todo) => ({ kind: "restore", todo }));
      },
      undo() {
        const latest = history.last();
        if (latest) void undoAct(latest.id);
      },
      undoable: last?.label,
    };
  }, [store, history, announce, undoAct, last]);
}

type Failure<T> = { item: T; reason: string; /** Whether it may work another time. */ again: boolean };

async function settle<T>(items: readonly T[], work: (item: T) => Promise<unknown>, atOnce = Infinity): Promise<Failure<T>[]> {
  const failures: Failure<T>[] = [];
  const one = async (item: T) => {
    try {
      await work(item);
    } catch (error) {
      const status = error instanceof ProblemError ? error.problem.status : 0;
      failures.push({ item, reason: sentenceOf(error), again: status === 0 || status === 429 || status >= 500 });
    }
  };
  if (atOnce === 1) for (const item of items) await one(item);
  else await Promise.all(items.map(one));
  return failures;
}

async function takeBack(store: TodoStore, step: Step): Promise<void> {
  if (step.kind === "restore") {
    await store.restore(step.todo);
    return;
  }
  const todo = await store.current(step.id);
  if (step.kind === "remove") {
    await store.remove(todo);
    return;
  }
  const names = Object.keys(step.unless) as (keyof TodoPatch)[];
  if (names.some((name) => !same(name, todo[name], step.unless[name]))) {
    throw new ProblemError({ status: 409, code: "changed_since", title: `“${todo.title}” was changed since, so it stays as it is.`, detail: "", errors: [] });
  }
  await store.edit(todo, step.patch);
}

// The backend says a moment in UTC, whatever offset it was written with.
const same = (name: string, a: unknown, b: unknown) =>
  a === b || (name === "due_at" && typeof a === "string" && typeof b === "string" && a.length > 10 && Date.parse(a) === Date.parse(b));

const before = (todo: Todo, patch: TodoPatch): TodoPatch =>
  Object.fromEntries(Object.keys(patch).map((name) => [name, todo[name as keyof TodoPatch]]));

const labelOf = (did: string, todos: readonly Todo[], title?: string) =>
  todos.length === 1 ? `${did} “${title ?? todos[0]?.title ?? ""}”` : `${did} ${todos.length} todos`;
