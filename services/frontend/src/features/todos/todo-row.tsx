"use client";

import { useRef, useState } from "react";
import type { Todo, TodoPatch } from "@/lib/todo";
import { useMarked } from "@/features/marks";
import { Button } from "@/ui/button";
import { CheckIcon, PencilIcon, TrashIcon } from "@/ui/icons";
import { DueBadge, PriorityBadge } from "./badges";
import { TodoEditor } from "./todo-editor";
import type { Selection } from "./use-selection";

type Props = {
  todo: Todo;
  /** The server does not know it yet, so nothing can be done to it. */
  isNew: boolean;
  selection: Selection;
  onEdit: (patch: TodoPatch) => void;
  onRemove: () => void;
};

export function TodoRow({ todo, isNew, selection, onEdit, onRemove }: Props) {
  const [editing, setEditing] = useState(false);
  const marked = useMarked(todo.id);
  const editButton = useRef<HTMLButtonElement>(null);

  function leave(patch: TodoPatch) {
    setEditing(false);
    // Back to where the editing began, once that button is there again.
    // Unless a key has taken the focus elsewhere meanwhile.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) editButton.current?.focus();
    });
    if (Object.keys(patch).length > 0) onEdit(patch);
  }

  if (editing) return <TodoEditor todo={todo} onSave={leave} onCancel={() => { leave({}); }} />;

  const details = todo.priority !== "normal" || todo.due_at !== null;
  return (
    <div data-marked={marked || undefined} className="flex items-start px-1 py-1.5 sm:gap-1 sm:px-2">
      <label className="grid size-10 shrink-0 cursor-pointer place-items-center">
        <input
          type="checkbox"
          checked={todo.completed}
          disabled={isNew}
          onChange={(event) => { onEdit({ completed: event.target.checked }); }}
          aria-label={`Done: ${todo.title}`}
          data-row={todo.id}
          data-control="done"
          className="peer col-start-1 row-start-1 size-6 cursor-pointer appearance-none rounded-full border-2 border-edge bg-surface transition-colors checked:border-accent checked:bg-accent hover:border-accent"
        />
        <span className="pointer-events-none col-start-1 row-start-1 hidden text-on-accent peer-checked:block [&>svg]:size-4 [&>svg]:stroke-3">
          <CheckIcon />
        </span>
      </label>
      <div className="min-w-0 flex-1 py-2">
        <p className={`leading-6 wrap-anywhere ${todo.completed ? "text-muted line-through" : ""}`}>{todo.title}</p>
        {todo.description && <p className="mt-0.5 line-clamp-2 text-sm whitespace-pre-line text-muted wrap-anywhere">{todo.description}</p>}
        {details && (
          <p className="mt-1 flex flex-wrap gap-1.5">
            {todo.due_at !== null && <DueBadge due={todo.due_at} done={todo.completed} />}
            {todo.priority !== "normal" && <PriorityBadge priority={todo.priority} />}
          </p>
        )}
      </div>
      {selection.on ? (
        <label className="grid size-10 shrink-0 cursor-pointer place-items-center">
          <input
            type="checkbox"
            checked={selection.ids.has(todo.id)}
            // A click says whether Shift was held, a change does not.
            onChange={() => undefined}
            onClick={(event) => { selection.choose(todo.id, event.shiftKey); }}
            aria-label={`Select: ${todo.title}`}
            data-control="select"
            className="size-5 cursor-pointer accent-accent"
          />
        </label>
      ) : (
        <>
          <Button ref={editButton} data-control="edit" look="quiet" size="icon" busy={isNew} aria-label={`Edit “${todo.title}”`} onClick={() => { setEditing(true); }}>
            <PencilIcon />
          </Button>
          <Button data-control="delete" look="quiet" size="icon" busy={isNew} aria-label={`Delete “${todo.title}”`} onClick={onRemove}>
            <TrashIcon />
          </Button>
        </>
      )}
    </div>
  );
}
