import type { Confirm } from "@/lib/chat";
import { Button } from "@/ui/button";

type Props = { confirm: Confirm; decision?: "yes" | "no" | undefined; onYes: () => void; onNo: () => void };

/** A question that must be answered before anything happens. */
export function ConfirmCard({ confirm, decision, onYes, onNo }: Props) {
  return (
    <div role="group" aria-label="Please confirm" className="rounded-xl border border-warn bg-warn-soft p-3 text-sm">
      <p className="font-medium wrap-anywhere whitespace-pre-line">{confirm.summary}</p>
      {decision ? (
        <p className="mt-2 text-warn">{decision === "yes" ? "You confirmed this." : "You cancelled this. Nothing was changed."}</p>
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
    </div>
  );
}
