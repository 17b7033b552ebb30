import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export type KeyActions = {
  help: () => void;
  undo: () => void;
  select: (id: string, range: boolean) => void;
  leave: () => void;
};

const SWITCH = "single-keys";
const watchers = new Set<() => void>();

/** @returns whether single letters do something, and how to switch that: they disturb those who dictate (WCAG 2.1.4). */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, () => localStorage.getItem(SWITCH) !== "off", () => true);
  return [on, switchSingleKeys];
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function switchSingleKeys(on: boolean): void {
  localStorage.setItem(SWITCH, on ? "on" : "off");
  for (const watcher of watchers) watcher();
}

/** The keys of the page; the help names them all. */
export function useKeys(actions: KeyActions): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (isUndo(event) && !isWritingIn(event.target)) {
      event.preventDefault();
      actions.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (event.key === "Escape") actions.leave();
    else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) extend(event, actions);
    else if (localStorage.getItem(SWITCH) !== "off") single(event, actions);
  });

  useEffect(() => {
    document.addEventListener("keydown", press);
    return () => { document.removeEventListener("keydown", press); };
  }, []);
}

/** Shift with an arrow goes to the next row and takes it along. */
function extend(event: KeyboardEvent, actions: KeyActions) {
  const here = focusedRow();
  if (!here) return;
  event.preventDefault();
  const next = move(event.key === "ArrowDown" ? 1 : -1);
  if (next) actions.select(next, true);
}

function single(event: KeyboardEvent, actions: KeyActions) {
  const row = focusedRow();
  const does: Record<string, (() => void) | undefined> = {
    "?": actions.help,
    n: () => document.getElementById("new-todo")?.focus(),
    "/": () => document.getElementById("search")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: row ? () => { actions.select(row, false); } : undefined,
    e: row ? () => { clickIn(row, "edit"); } : undefined,
    Delete: row ? () => { clickIn(row, "delete"); } : undefined,
  };
  const act = does[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

const isUndo = ({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent) => key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;
const isWriting = (target: EventTarget | null) =>
  target instanceof Element && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
// In an empty input there is nothing of its own to undo.
const isWritingIn = (target: EventTarget | null) =>
  isWriting(target) && !((target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && target.value === "");

const checkboxes = () => [...document.querySelectorAll<HTMLElement>("[data-list] [data-row]")];
const focusedRow = () => document.activeElement?.closest("[data-list] li")?.querySelector<HTMLElement>("[data-row]")?.dataset.row;

/** Focuses the row that is so far from the focused one. @returns its todo's id. */
function move(by: number): string | undefined {
  const rows = checkboxes();
  const at = rows.findIndex(({ dataset }) => dataset.row === focusedRow());
  const next = rows[at < 0 ? 0 : at + by];
  next?.focus();
  return next?.dataset.row;
}

function clickIn(id: string, control: string): void {
  document.querySelector(`li:has([data-row="${id}"])`)?.querySelector<HTMLElement>(`[data-control="${control}"]`)?.click();
}
