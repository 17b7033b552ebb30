import { useEffect, useState } from "react";
import type { ChatStatus } from "@/lib/chat";
import { readStatus } from "./api";

const EVERY = 10_000;

/** @returns how the assistant is, kept fresh while the page is visible: undefined before it is known, null when it is away. */
export function useStatus(): ChatStatus | null | undefined {
  const [status, setStatus] = useState<ChatStatus | null>();

  useEffect(() => {
    let gone = false;
    async function look() {
      if (document.hidden) return;
      const found = await readStatus().catch(() => null);
      if (!gone) setStatus(found);
    }
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, []);

  return status;
}
