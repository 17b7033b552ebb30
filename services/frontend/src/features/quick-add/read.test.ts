import { afterEach, expect, it, vi } from "vitest";
import table from "../../../test/phrases.json";
import { pastedLines, readQuick } from "./read";

afterEach(() => {
  vi.unstubAllEnvs();
});

const cases = table.cases as { text: string; title: string; due_at?: string; priority?: string }[];

it.each(cases)("reads $text", ({ text, ...expected }) => {
  vi.stubEnv("TZ", table.time_zone);
  expect(readQuick(text, new Date(table.now)).draft).toEqual(expected);
});

it("turns a reading back into words, and leaves what was read after it", () => {
  vi.stubEnv("TZ", table.time_zone);
  const now = new Date(table.now);
  const { readings } = readQuick("Watch tomorrow p1", now);
  expect(readings.map(({ kind, words }) => [kind, words])).toEqual([["due", "tomorrow"], ["priority", "p1"]]);
  expect(readQuick("Watch tomorrow p1", now, new Set(["due tomorrow"])).draft).toEqual({ title: "Watch tomorrow", priority: "high" });
  expect(readQuick("Watch tomorrow p1", now, new Set(["priority p1"])).draft).toEqual({ title: "Watch tomorrow p1" });
});

it.each(["tomorrow", "p1", "friday p1"])("takes %s alone for a title, not for a todo without one", (text) => {
  expect(readQuick(text, new Date(table.now)).draft.title).not.toBe("");
});

it("lists pasted lines without their bullets", () => {
  expect(pastedLines("- Milk\r\n* Eggs\n\n 3. Bread tomorrow\n- [ ] Tea\n")).toEqual(["Milk", "Eggs", "Bread tomorrow", "Tea"]);
  expect(pastedLines("One line")).toEqual(["One line"]);
});
