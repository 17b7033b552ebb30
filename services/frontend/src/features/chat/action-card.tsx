import { reasonOf, sizeOf, todosOf, type Action, type Tool } from "@/lib/chat";
import { DueBadge } from "@/features/todos/badges";
import { Button } from "@/ui/button";
import { CheckIcon, ListIcon, PencilIcon, PlusIcon, TrashIcon, UndoIcon, WarningIcon } from "@/ui/icons";

const LOOKS: Record<Tool, { done: string; failed: string; Icon: () => React.ReactNode }> = {
  create_todo: { done: "Added", failed: "Not added", Icon: PlusIcon },
  list_todos: { done: "Found", failed: "Could not look", Icon: ListIcon },
  update_todo: { done: "Changed", failed: "Not changed", Icon: PencilIcon },
  complete_todo: { done: "Completed", failed: "Not completed", Icon: CheckIcon },
  delete_todo: { done: "Deleted", failed: "Not deleted", Icon: TrashIcon },
};

type Props = { action: Action; undone: boolean; onUndo: (token: string) => void };

/** What the assistant did, from the action itself and never from its prose. */
export function ActionCard({ action, undone, onUndo }: Props) {
  const { done, failed, Icon } = LOOKS[action.tool];
  const todos = todosOf(action);
  const subject = todos.map(({ title }) => title).join(", ") || count(sizeOf(action));
  const worked = action.status === "done";
  const { undo } = action;
  return (
    <div className="flex items-start gap-2.5 rounded-xl border border-line bg-surface p-2.5 text-sm">
      <span className={`grid size-8 shrink-0 place-items-center rounded-lg ${worked ? "bg-good-soft text-good" : "bg-bad-soft text-bad"}`}>
        {worked ? <Icon /> : <WarningIcon />}
      </span>
      <div className="min-w-0 flex-1 py-1.5">
        <p className="font-medium">
          {undone ? "Undone" : worked ? done : failed}
          {worked && (action.tool === "list_todos" || todos.length === 0) && `: ${count(sizeOf(action))}`}
        </p>
        {todos.length > 0 && (
          <ul className="mt-0.5 space-y-1 text-muted wrap-anywhere">
            {todos.slice(0, SHOWN).map(({ title, due, completed }, index) => (
              // Two todos may have the same title, and the list of an answer never changes.
              <li key={index} className="flex flex-wrap items-center gap-x-2">
                <span className={undone || (completed && action.tool === "list_todos") ? "line-through" : ""}>{title}</span>
                {due !== null && <DueBadge due={due} done={completed} />}
              </li>
            ))}
            {todos.length > SHOWN && <li>and {todos.length - SHOWN} more</li>}
          </ul>
        )}
        {!worked && <p className="mt-0.5 text-bad">{reasonOf(action)}</p>}
      </div>
      {undo !== undefined && worked && !undone && (
        <Button look="quiet" size="small" aria-label={`Undo: ${done} ${subject}`} onClick={() => { onUndo(undo); }}>
          <UndoIcon />
          Undo
        </Button>
      )}
    </div>
  );
}

const SHOWN = 8;
const count = (number: number) => (number === 1 ? "1 todo" : `${number} todos`);
