/** Reads what someone types into the quick-add input: a title, and at its end a date and a priority in any order. */

import { TITLE_LIMIT, type Priority, type TodoDraft } from "@/lib/todo";
import { dateAtEnd } from "./dates";

/** Words that were read as something; each can be turned back into mere words. */
export type Reading = { key: string; words: string } & ({ kind: "due"; due: string } | { kind: "priority"; priority: Priority });

export type QuickTodo = { draft: TodoDraft; readings: Reading[] };

const QUOTED = /^(?:"([^"]+)"|“([^”]+)”)$/;
const PRIORITY_AT_END =
  /(?:(?:^|,? |\()|(?=!!$))(p[123]|!!|(?:(?:with|at|of) (?:a )?)?(?:high(?:est)?|top|low(?:est)?|normal|medium|urgent|critical)[ -]prio(?:rity)?)\)?$/i;
const LEVELS: [RegExp, Priority][] = [
  [/p1|!!|high|top|urgent|critical/i, "high"],
  [/p3|low/i, "low"],
  [/./, "normal"],
];

/**
 * @param literal the keys of readings that the writer has turned back into words.
 * @returns the todo. Quotes around everything mean it literally, and a text that is nothing but a date is a title.
 */
export function readQuick(text: string, now: Date, literal: ReadonlySet<string> = new Set()): QuickTodo {
  const whole = text.trim().replaceAll(/\s+/g, " ");
  const quoted = QUOTED.exec(whole);
  if (quoted) return { draft: { title: (quoted[1] ?? quoted[2] ?? "").trim() || whole }, readings: [] };
  const readings: Reading[] = [];
  let title = whole;
  for (;;) {
    const found = readingAtEnd(title, now);
    if (!found || literal.has(found.reading.key) || readings.some(({ kind }) => kind === found.reading.kind)) break;
    const rest = title.slice(0, found.start).replace(/[ ,(-]+$/, "");
    if (!/[\p{L}\p{N}]/u.test(rest)) break;
    readings.unshift(found.reading);
    title = rest;
  }
  const draft: TodoDraft = { title };
  for (const reading of readings) {
    if (reading.kind === "due") draft.due_at = reading.due;
    else draft.priority = reading.priority;
  }
  return { draft, readings };
}

function readingAtEnd(text: string, now: Date): { start: number; reading: Reading } | undefined {
  const bare = text.replace(/\)$/, "");
  const date = dateAtEnd(bare, now);
  if (date) {
    const { start, words, due } = date;
    return { start, reading: { kind: "due", key: `due ${words.toLowerCase()}`, words, due } };
  }
  const found = PRIORITY_AT_END.exec(text);
  const words = found?.[1];
  if (!found || !words) return undefined;
  const priority = LEVELS.find(([pattern]) => pattern.test(words))?.[1] ?? "normal";
  return { start: found.index, reading: { kind: "priority", key: `priority ${words.toLowerCase()}`, words, priority } };
}

const BULLET = /^\s*(?:[-*•–]\s+(?:\[[ xX]?\]\s+)?|\d{1,3}[.)]\s+|\[[ xX]?\]\s+)/;

/** @returns the todos that a pasted text lists, one a line, without bullets; a single one when it is one line. */
export function pastedLines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(BULLET, "").trim().slice(0, TITLE_LIMIT))
    .filter((line) => line !== "");
}
