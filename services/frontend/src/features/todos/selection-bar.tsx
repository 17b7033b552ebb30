import { Button } from "@/ui/button";
import { CheckIcon, CrossIcon, TrashIcon } from "@/ui/icons";
import type { Selection } from "./use-selection";

type Props = { selection: Selection; onComplete: () => void; onRemove: () => void };

/** What can be done to all chosen todos at once. */
export function SelectionBar({ selection, onComplete, onRemove }: Props) {
  const none = selection.ids.size === 0;
  return (
    <div role="toolbar" aria-label="Selected todos" className="card sticky top-16 z-10 mt-4 flex flex-wrap items-center gap-2 p-2">
      <p role="status" className="flex-1 ps-2 text-sm font-medium">{`${selection.ids.size} selected`}</p>
      <Button size="small" onClick={selection.chooseAll}>All</Button>
      <Button size="small" disabled={none} onClick={onComplete}>
        <CheckIcon />
        Complete
      </Button>
      <Button size="small" disabled={none} onClick={onRemove}>
        <TrashIcon />
        Delete
      </Button>
      <Button look="quiet" size="icon" aria-label="End selecting" onClick={selection.end}>
        <CrossIcon />
      </Button>
    </div>
  );
}
