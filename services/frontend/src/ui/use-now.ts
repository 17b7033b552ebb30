import { useSyncExternalStore } from "react";

const MINUTE = 60_000;
const thisMinute = () => Math.floor(Date.now() / MINUTE);

function everyMinute(changed: () => void): () => void {
  const timer = setInterval(changed, 5_000);
  return () => {
    clearInterval(timer);
  };
}

/** @returns the reader's time, exact to the minute; null on the server, which does not know the reader's time zone. */
export function useNow(): Date | null {
  const minute = useSyncExternalStore<number | null>(everyMinute, thisMinute, () => null);
  return minute === null ? null : new Date(minute * MINUTE);
}
