import { describeDue } from "@/lib/due";
import type { Priority } from "@/lib/todo";
import { CalendarIcon, FlagIcon } from "@/ui/icons";
import { useNow } from "@/ui/use-now";

const BADGE = "inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-medium [&>svg]:size-3.5";
const TONES = { overdue: "bg-bad-soft text-bad", soon: "bg-warn-soft text-warn", later: "bg-raised text-muted" } as const;

export function DueBadge({ due, done }: { due: string; done: boolean }) {
  const now = useNow();
  const { text, tone } = now ? describeDue(due, now) : { text: due.slice(0, 10), tone: "later" as const };
  return (
    <span className={`${BADGE} ${TONES[done ? "later" : tone]}`}>
      <CalendarIcon />
      <time dateTime={due}>{text}</time>
      {tone === "overdue" && !done && <span className="sr-only">(overdue)</span>}
    </span>
  );
}

/** A normal priority needs no badge. */
export function PriorityBadge({ priority }: { priority: Exclude<Priority, "normal"> }) {
  return (
    <span className={`${BADGE} ${priority === "high" ? "bg-bad-soft text-bad" : "bg-raised text-muted"}`}>
      <FlagIcon />
      {priority === "high" ? "High" : "Low"}
      <span className="sr-only">priority</span>
    </span>
  );
}
