import type { Confirm } from "@/lib/chat";
import { Button } from "@/ui/button";
import type { Decision } from "./conversation";

type Props = {
  confirm: Confirm;
  decision?: Decision | undefined;
  onYes: () => void;
  onNo: () => void;
  onAskAgain: () => void;
};

const SHOWN = 8;
const DECIDED: Record<Decision, string> = {
  yes: "You confirmed this.",
  no: "You cancelled this. Nothing was changed.",
  expired: "This question had expired. Nothing was changed.",
};

/** A question that must be answered before anything happens. It names what it is about. */
export function ConfirmCard({ confirm: { summary, titles }, decision, onYes, onNo, onAskAgain }: Props) {
  // The summary names a few itself; a longer list is better read as one.
  const listed = titles.length > 1;
  const hidden = titles.length - SHOWN;
  return (
    <div role="group" aria-label="Please confirm" className="rounded-xl border border-warn bg-warn-soft p-3.5 text-sm">
      <p className="font-medium wrap-anywhere whitespace-pre-line">{listed ? summary.replace(/(?: \(.*\)|: .*)\?$/su, "?") : summary}</p>
      {listed && (
        <ul aria-label="What it is about" className="mt-1.5 list-disc space-y-0.5 ps-5 wrap-anywhere">
          {titles.slice(0, SHOWN).map((title, index) => (
            // Two todos may have the same title, and the list of a question never changes.
            <li key={index}>{title}</li>
          ))}
          {hidden > 0 && <li>and {hidden} more</li>}
        </ul>
      )}
      {decision ? (
        <p className="mt-2 text-warn">{DECIDED[decision]}</p>
      ) : (
        <div className="mt-3 flex gap-2">
          <Button look="primary" size="small" onClick={onYes}>
            Confirm
          </Button>
          <Button size="small" onClick={onNo}>
            Cancel
          </Button>
        </div>
      )}
      {decision === "expired" && (
        <Button size="small" className="mt-2" onClick={onAskAgain}>
          Ask again
        </Button>
      )}
    </div>
  );
}
