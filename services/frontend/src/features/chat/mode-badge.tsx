import type { ChatStatus } from "@/lib/chat";
import type { Status } from "./use-status";

/** Says who answers: the rules alone, or a language model where they do not know. */
export function ModeBadge({ status }: { status: Status }) {
  if (status === undefined) return null;
  const { text, look, hint } = describe(status);
  return (
    <span title={hint} className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-xs font-medium ${look}`}>
      <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />
      <span className="sr-only">Assistant mode: </span>
      {text}
    </span>
  );
}

function describe(status: ChatStatus | null) {
  if (status === null) return { text: "away", look: "bg-bad-soft text-bad", hint: "The assistant cannot be reached." };
  if (status.mode === "model" && status.model.reachable) {
    return { text: "model", look: "bg-good-soft text-good", hint: `Answers come from rules and ${status.model.name}.` };
  }
  return { text: "rules", look: "bg-raised text-muted", hint: status.model.detail || "Answers come from rules alone." };
}
