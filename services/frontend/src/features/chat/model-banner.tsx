import { WarningIcon } from "@/ui/icons";
import type { Status } from "./use-status";

/** Says when the assistant can do less than usual, and when that is over. */
export function ModelBanner({ status, back }: { status: Status; back: boolean }) {
  const away = awayText(status);
  const look = away ? "bg-warn-soft text-warn" : "bg-good-soft text-good";
  return (
    <div role="status" aria-label="Language model">
      {(away || back) && (
        <p className={`flex items-start gap-2.5 border-b border-line px-4 py-2.5 text-sm ${look}`}>
          {away && <WarningIcon />}
          {away || "The language model is back."}
        </p>
      )}
    </div>
  );
}

function awayText(status: Status): string {
  if (status === null) return "The assistant cannot be reached. Your list works without it.";
  if (status?.mode === "rules") return "The language model is away. Plain sentences still work, like the examples.";
  return "";
}
