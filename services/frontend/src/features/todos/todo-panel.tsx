"use client";

import { useSyncExternalStore } from "react";
import { sentence, sentenceOf } from "@/lib/problem";
import type { Filter, Todo, TodoDraft, TodoPatch } from "@/lib/todo";
import { QuickAdd } from "@/features/quick-add/quick-add";
import { useAnnounce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { WarningIcon } from "@/ui/icons";
import { rowsOf } from "./board";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import type { TodoStore } from "./store";
import { TodoList } from "./todo-list";

type Props = { store: TodoStore; onFilter: (filter: Filter) => void };

export function TodoPanel({ store, onFilter }: Props) {
  const announce = useAnnounce();
  const { board, filter, loading, problem } = useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  const rows = rowsOf(board, filter);

  /** Does something optimistic and says how it went. */
  async function run(work: () => Promise<unknown>, done: string, undo?: () => void) {
    try {
      await work();
      announce({ text: done, ...(undo && { action: { label: "Undo", run: undo } }) });
    } catch (error) {
      announce({ text: sentenceOf(error), bad: true });
    }
  }

  async function add(draft: TodoDraft): Promise<string | undefined> {
    try {
      await store.add(draft);
      announce({ text: `Added “${draft.title}”`, quiet: true });
      return undefined;
    } catch (error) {
      return sentenceOf(error);
    }
  }

  function addAll(drafts: TodoDraft[]) {
    void run(async () => {
      // The first line shall be the topmost, so it is the newest.
      for (const draft of drafts.toReversed()) await store.add(draft);
    }, `Added ${drafts.length} todos`);
  }

  function edit(todo: Todo, patch: TodoPatch) {
    const saved = patch.completed === undefined ? "Saved" : patch.completed ? "Completed" : "Reopened";
    void run(() => store.edit(todo, patch), `${saved} “${patch.title ?? todo.title}”`, () => {
      const before = Object.fromEntries(Object.keys(patch).map((name) => [name, todo[name as keyof Todo]]));
      void run(() => store.edit(todo, before), `Undone: “${todo.title}” is as it was`);
    });
  }

  function remove(todo: Todo) {
    void run(() => store.remove(todo), `Deleted “${todo.title}”`, () => {
      void run(() => store.restore(todo), `Restored “${todo.title}”`);
    });
  }

  return (
    <section aria-labelledby="todos-heading">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 id="todos-heading" className="text-2xl font-semibold tracking-tight">
          Your todos
        </h1>
        <FilterBar filter={filter} onFilter={onFilter} />
      </div>
      <QuickAdd onAdd={add} onAddAll={addAll} eager={rows.length === 0} />
      {problem && (
        <div role="alert" className="mt-4 flex items-center gap-3 rounded-xl bg-warn-soft py-2 ps-4 pe-2 text-sm text-warn">
          <WarningIcon />
          <p className="flex-1">{sentence(problem)}</p>
          <Button size="small" onClick={() => void store.refresh()}>
            Try again
          </Button>
        </div>
      )}
      <div className="mt-4" aria-busy={loading}>
        {rows.length > 0 ? (
          <TodoList rows={rows} filter={filter} onEdit={edit} onRemove={remove} />
        ) : (
          !problem && !loading && <EmptyList filter={filter} />
        )}
      </div>
      {board.nextCursor !== null && (
        <div className="mt-4 text-center">
          <Button busy={loading} onClick={() => void store.more()}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
