/** Which todos the assistant has just changed, so that the list can point at them for a while. */

import { useSyncExternalStore } from "react";

const SHOWN_FOR = 8_000;
const marked = new Map<string, ReturnType<typeof setTimeout>>();
const watchers = new Set<() => void>();

function tell(): void {
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function mark(ids: readonly string[]): void {
  for (const id of ids) {
    clearTimeout(marked.get(id));
    marked.set(
      id,
      setTimeout(() => {
        marked.delete(id);
        tell();
      }, SHOWN_FOR),
    );
  }
  tell();
}

export function useMarked(id: string): boolean {
  return useSyncExternalStore(subscribe, () => marked.has(id), () => false);
}
