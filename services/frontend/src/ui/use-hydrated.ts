import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether the page has come to life: before that, a click reaches the browser and not our code. */
export function useHydrated(): boolean {
  return useSyncExternalStore(never, () => true, () => false);
}
