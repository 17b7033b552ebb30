/** What can be undone, the latest last. It lasts as long as the tab, so a reload forgets nothing. */

import type { Todo, TodoPatch } from "@/lib/todo";

/** How one todo becomes what it was. */
export type Step =
  | { kind: "restore"; todo: Todo }
  | { kind: "remove"; id: string }
  /** Only while the todo still says what the act made of it. */
  | { kind: "edit"; id: string; patch: TodoPatch; unless: TodoPatch };

export type Act = { id: string; label: string; steps: Step[] };

const KEPT = 50;

export class UndoHistory {
  private acts: readonly Act[];
  private readonly watchers = new Set<() => void>();

  constructor(private readonly place: string) {
    this.acts = read(place);
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly last = (): Act | undefined => this.acts.at(-1);

  push(act: Act): void {
    this.keep([...this.acts, act].slice(-KEPT));
  }

  /** Takes the act out. @returns it, or nothing when it was taken before: so an undo acts once. */
  take(id: string): Act | undefined {
    const act = this.acts.find((one) => one.id === id);
    if (act) this.keep(this.acts.filter((one) => one !== act));
    return act;
  }

  private keep(acts: readonly Act[]): void {
    this.acts = acts;
    try {
      sessionStorage.setItem(this.place, JSON.stringify(acts));
    } catch {
      // The store is full or forbidden: then undo lasts until the reload.
    }
    for (const watcher of this.watchers) watcher();
  }
}

function read(place: string): Act[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(place) ?? "[]");
    return Array.isArray(kept) ? (kept as Act[]) : [];
  } catch {
    return [];
  }
}
