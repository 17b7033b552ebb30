/** What was typed and not yet sent. It outlives a reload and a login in between, in this tab only. */

import { useCallback, useSyncExternalStore } from "react";

const PREFIX = "draft:";
const OWNER = "draft-owner";
const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function write(name: string, text: string): void {
  if (text === "") sessionStorage.removeItem(PREFIX + name);
  else sessionStorage.setItem(PREFIX + name, text);
  for (const watcher of watchers) watcher();
}

/** @returns the text of a field and how to set it, as useState does for a text that begins empty. */
export function useDraft(name: string): [string, (next: string | ((before: string) => string)) => void] {
  const text = useSyncExternalStore(subscribe, () => sessionStorage.getItem(PREFIX + name) ?? "", () => "");
  const set = useCallback(
    (next: string | ((before: string) => string)) => {
      write(name, typeof next === "string" ? next : next(sessionStorage.getItem(PREFIX + name) ?? ""));
    },
    [name],
  );
  return [text, set];
}

export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  for (const watcher of watchers) watcher();
}

/** Whoever logs in next at this tab does not see what somebody else had typed. */
export function ownDrafts(userId: string): void {
  const before = sessionStorage.getItem(OWNER);
  if (before !== null && before !== userId) forgetDrafts();
  sessionStorage.setItem(OWNER, userId);
}
