"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type RefObject } from "react";
import type { Todo, TodoPatch } from "@/lib/todo";
import type { Row } from "./board";
import { type Group, type GroupName } from "./groups";
import { TodoRow } from "./todo-row";
import type { Selection } from "./use-selection";

type Props = {
  groups: Group[];
  selection: Selection;
  /** @returns whether the todo stays in view when this was done to it. */
  stays: (todo: Todo) => boolean;
  onEdit: (todo: Todo, patch: TodoPatch) => void;
  onRemove: (todo: Todo) => void;
};

type Entry = { kind: "heading"; name: GroupName; count: number } | { kind: "row"; name: GroupName; row: Row };

const NAMES: Record<GroupName, string> = { overdue: "Overdue", today: "Today", later: "Later", done: "Done" };
// Below this all rows are drawn: the browser's own search finds them, and nothing has to be measured.
const ALL_AT_ONCE = 150;
const ROW_HEIGHT = 56;
const DOUBLE_CLICK = 500;

export function TodoList({ groups, selection, stays, onEdit, onRemove }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const entries = groups.flatMap(({ name, rows }): Entry[] => [
    { kind: "heading", name, count: rows.length },
    ...rows.map((row): Entry => ({ kind: "row", name, row })),
  ]);
  const { from, to, above, below, measure } = useDrawn(list, entries);
  useKeptFocus(list, entries);
  const ignoreSecondClick = useSingleClicks();

  /** A row that goes takes the focus with it, so the focus moves on first. */
  function focusBeside(todo: Todo) {
    const rows = groups.flatMap((group) => group.rows);
    const at = rows.findIndex((row) => row.todo.id === todo.id);
    const beside = rows[at + 1] ?? rows[at - 1];
    const target = beside
      ? list.current?.querySelector<HTMLElement>(`[data-row="${beside.todo.id}"]`)
      : document.getElementById("new-todo");
    target?.focus();
  }

  const sections = sectionsOf(entries.slice(from, to), from);
  return (
    // Not a control: it only swallows the second half of a double click.
    <div
      ref={list}
      data-list
      onClickCapture={ignoreSecondClick}
      {...(above + below > 0 && { style: { paddingTop: above, paddingBottom: below } })}
    >
      {sections.map(({ name, heading, rows }) => (
        <section key={name} {...(heading ? { "aria-labelledby": `group-${name}` } : { "aria-label": NAMES[name] })}>
          {heading && (
            <h2 id={`group-${name}`} ref={measure} data-index={heading.index} className="flex items-baseline gap-2 px-1 pt-5 pb-2 text-sm font-semibold">
              {NAMES[name]}
              <span className="font-normal text-muted">{heading.count}</span>
            </h2>
          )}
          {/* Safari takes the role of a list without bullets away. */}
          {/* eslint-disable-next-line jsx-a11y/no-redundant-roles */}
          <ul role="list" aria-label={`Todos: ${NAMES[name]}`} className="card divide-y divide-line overflow-hidden">
            {rows.map(({ index, at, size, row: { key, todo, isNew } }) => (
              <li key={key} ref={measure} data-index={index} aria-posinset={at} aria-setsize={size}>
                <TodoRow
                  todo={todo}
                  isNew={isNew}
                  selection={selection}
                  onEdit={(patch) => {
                    if (!stays({ ...todo, ...patch })) focusBeside(todo);
                    onEdit(todo, patch);
                  }}
                  onRemove={() => {
                    focusBeside(todo);
                    onRemove(todo);
                  }}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );

  function sectionsOf(part: Entry[], start: number) {
    const sizes = new Map(groups.map(({ name, rows }) => [name, rows.length]));
    const begins = new Map(groups.map(({ name }) => [name, entries.findIndex((entry) => entry.name === name)]));
    return groups.flatMap(({ name }) => {
      const mine = part.map((entry, offset) => ({ entry, index: start + offset })).filter(({ entry }) => entry.name === name);
      if (mine.length === 0) return [];
      const heading = mine.find(({ entry }) => entry.kind === "heading");
      return {
        name,
        heading: heading && { index: heading.index, count: sizes.get(name) ?? 0 },
        rows: mine.flatMap(({ entry, index }) =>
          entry.kind === "row" ? [{ row: entry.row, index, at: index - (begins.get(name) ?? 0), size: sizes.get(name) ?? 0 }] : [],
        ),
      };
    });
  }
}

/** @returns which entries are drawn, and the room that the others take above and below. */
function useDrawn(list: RefObject<HTMLElement | null>, entries: Entry[]) {
  const [top, setTop] = useState(0);
  const whole = entries.length <= ALL_AT_ONCE;
  const virtual = useWindowVirtualizer({
    count: entries.length,
    enabled: !whole,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => {
      const entry = entries[index];
      return entry?.kind === "row" ? entry.row.key : `heading ${entry?.name ?? ""}`;
    },
  });
  useEffect(() => {
    if (whole) return;
    const frame = requestAnimationFrame(() => {
      if (list.current) setTop(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
    });
    return () => { cancelAnimationFrame(frame); };
  }, [whole, list, entries.length]);
  const items = whole ? [] : virtual.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) return { from: 0, to: whole ? entries.length : ALL_AT_ONCE, above: 0, below: 0, measure: undefined };
  return {
    from: first.index,
    to: last.index + 1,
    above: first.start - top,
    below: virtual.getTotalSize() + top - last.end,
    measure: virtual.measureElement,
  };
}

/** A row that moves to another group is drawn anew there: the focus that was in it comes along, or stays in its place. */
function useKeptFocus(list: RefObject<HTMLElement | null>, entries: Entry[]): void {
  const last = useRef<{ id: string; name: string; index: string } | undefined>(undefined);
  const order = entries.map((entry) => (entry.kind === "row" ? entry.row.key : entry.name)).join(" ");
  useLayoutEffect(() => {
    const { current } = last;
    if (!current || document.activeElement !== document.body) return;
    const row = list.current?.querySelector(`li:has([data-row="${current.id}"])`) ?? list.current?.querySelector(`li[data-index="${current.index}"]`);
    row?.querySelector<HTMLElement>(`[data-control="${current.name}"]`)?.focus({ preventScroll: true });
  }, [list, order]);
  useLayoutEffect(() => {
    const follow = () => {
      const control = document.activeElement?.closest<HTMLElement>("[data-control]");
      const row = control?.closest("li");
      if (document.activeElement === document.body) return;
      last.current = control && row
        ? { id: row.querySelector<HTMLElement>("[data-row]")?.dataset.row ?? "", name: control.dataset.control ?? "", index: row.dataset.index ?? "" }
        : undefined;
    };
    document.addEventListener("focusin", follow);
    return () => { document.removeEventListener("focusin", follow); };
  }, []);
}

/** @returns a handler that stops the second click of a double click: the row under it is another one by then, or the act is undone. */
function useSingleClicks(): (event: MouseEvent) => void {
  const last = useRef({ at: -DOUBLE_CLICK, x: 0, y: 0 });
  return (event) => {
    // The keyboard's clicks have no place, and a label's click comes again at its input.
    if (!(event.target instanceof Element) || !event.target.closest("button, input") || event.clientX + event.clientY === 0) return;
    const { at, x, y } = last.current;
    const again = event.timeStamp - at < DOUBLE_CLICK && Math.hypot(event.clientX - x, event.clientY - y) < 8;
    last.current = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (!again) return;
    event.preventDefault();
    event.stopPropagation();
  };
}
