"use client";

import { useDeferredValue, useMemo, useState, useSyncExternalStore } from "react";
import { QuickAdd } from "@/features/quick-add/quick-add";
import { readQuick } from "@/features/quick-add/read";
import { sentence } from "@/lib/problem";
import { matchesFilter } from "@/lib/todo";
import { Button } from "@/ui/button";
import { UndoIcon, WarningIcon } from "@/ui/icons";
import { useNow } from "@/ui/use-now";
import { rowsOf } from "./board";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import { arrange, todayInUtc, todayOf } from "./groups";
import { KeysHelp } from "./keys-help";
import { SearchAndSort } from "./search-and-sort";
import { SelectionBar } from "./selection-bar";
import type { TodoStore } from "./store";
import { TodoList } from "./todo-list";
import { useActions } from "./use-actions";
import { useKeys } from "./use-keys";
import { useSelection } from "./use-selection";
import { useView } from "./use-view";

type Props = {
  store: TodoStore;
  userId: string;
  /** When the server made the page: what it takes for now until the reader's own clock is known. */
  servedAt: string;
};

export function TodoPanel({ store, userId, servedAt }: Props) {
  const { board, loading, problem } = useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  const { view, choose, search } = useView();
  const now = useNow();
  const q = useDeferredValue(view.q);
  const rows = useMemo(() => rowsOf(board), [board]);
  const groups = useMemo(
    () => arrange(rows, { filter: view.filter, sort: view.sort, q }, now ? todayOf(now) : todayInUtc(servedAt)),
    [rows, view.filter, view.sort, q, now, servedAt],
  );
  const shown = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const actions = useActions(store, userId);
  const selection = useSelection(shown);
  const [help, setHelp] = useState(false);
  const chosen = () => shown.map(({ todo }) => todo).filter(({ id }) => selection.ids.has(id));
  useKeys({ help: () => { setHelp(true); }, undo: actions.undo, select: selection.choose, leave: selection.end });

  return (
    <section aria-labelledby="todos-heading">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 id="todos-heading" className="text-2xl font-semibold tracking-tight">
          Your todos
        </h1>
        <FilterBar view={view} onView={choose} />
      </div>
      <QuickAdd onAdd={actions.add} onAddAll={actions.addAll} eager={rows.length === 0} />
      {problem && (
        <div role="alert" className="mt-4 flex items-center gap-3 rounded-xl bg-warn-soft py-2 ps-4 pe-2 text-sm text-warn">
          <WarningIcon />
          <p className="flex-1">{sentence(problem)}</p>
          <Button size="small" onClick={() => void store.refresh()}>
            Try again
          </Button>
        </div>
      )}
      {(rows.length > 0 || actions.undoable !== undefined) && (
        <div className="flex flex-wrap items-end justify-between gap-x-2">
          <div className="min-w-0 flex-1 basis-64">
            <SearchAndSort view={view} onView={choose} onSearch={search} />
          </div>
          <div className="mt-3 flex gap-1">
            {actions.undoable !== undefined && (
              <Button look="quiet" size="icon" aria-label={`Take back: ${actions.undoable}`} onClick={actions.undo}>
                <UndoIcon />
              </Button>
            )}
            <Button look="quiet" size="small" className="min-h-10!" aria-pressed={selection.on} onClick={selection.on ? selection.end : selection.begin}>
              Select
            </Button>
            <Button look="quiet" size="small" className="min-h-10!" onClick={() => { setHelp(true); }}>
              Keys
            </Button>
          </div>
        </div>
      )}
      {selection.on && (
        <SelectionBar
          selection={selection}
          onComplete={() => {
            actions.edit(chosen().filter(({ completed }) => !completed), { completed: true });
            selection.end();
          }}
          onRemove={() => {
            actions.remove(chosen());
            selection.end();
          }}
        />
      )}
      <div aria-busy={loading}>
        {groups.length > 0 ? (
          <TodoList
            groups={groups}
            selection={selection}
            stays={(todo) => matchesFilter(todo, view.filter)}
            onEdit={(todo, patch) => { actions.edit([todo], patch); }}
            onRemove={(todo) => { actions.remove([todo]); }}
          />
        ) : (
          !problem && !loading && (
            <div className="mt-4">
              <EmptyList view={view} onView={choose} onExample={(text) => void actions.add(readQuick(text, new Date()).draft)} />
            </div>
          )
        )}
      </div>
      {help && <KeysHelp onClose={() => { setHelp(false); }} />}
    </section>
  );
}
