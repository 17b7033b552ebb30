import { useEffect, useState } from "react";
import type { ChatStatus } from "@/lib/chat";
import { readStatus } from "./api";

// With the chatbot's own look at its model every 2 s, the page knows within 5 s.
const EVERY = 3_000;
const BACK_FOR = 9_000;

/** undefined before it is known, null when the assistant itself is away. */
export type Status = ChatStatus | null | undefined;
type Known = { status: Status; /** When the model came back, for a while. */ backSince: number };

/**
 * @param visible whether somebody can see it; otherwise nobody is asked.
 * @returns how the assistant is, kept fresh, and whether its model has just come back.
 */
export function useStatus(visible: boolean): { status: Status; back: boolean } {
  const [known, setKnown] = useState<Known>({ status: undefined, backSince: 0 });

  useEffect(() => {
    if (!visible) return;
    let gone = false;
    async function look() {
      if (document.hidden) return;
      const status = await readStatus().catch(() => null);
      if (!gone) setKnown((before) => next(before, status, Date.now()));
    }
    const now = () => void look();
    now();
    const timer = setInterval(now, EVERY);
    document.addEventListener("visibilitychange", now);
    return () => {
      gone = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", now);
    };
  }, [visible]);

  return { status: known.status, back: known.backSince > 0 };
}

export const isAway = (status: Status) => status === null || status?.mode === "rules";

function next(before: Known, status: Status, now: number): Known {
  if (isAway(status)) return { status, backSince: 0 };
  if (isAway(before.status)) return { status, backSince: now };
  return { status, backSince: now - before.backSince > BACK_FOR ? 0 : before.backSince };
}
