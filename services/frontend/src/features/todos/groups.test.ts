import { afterEach, describe, expect, it, vi } from "vitest";
import type { Todo } from "@/lib/todo";
import type { View } from "@/lib/view";
import { todo } from "../../../test/todos";
import { arrange, groupOf, todayInUtc, todayOf } from "./groups";

afterEach(() => {
  vi.unstubAllEnvs();
});

const rowsFor = (...todos: Todo[]) => todos.map((one) => ({ key: one.id, todo: one, isNew: false }));
const view = (parts: Partial<View> = {}): View => ({ filter: "all", q: "", sort: "due", ...parts });
const noon = () => todayOf(new Date("2026-03-10T12:00:00+01:00"));
const titles = (rows: ReturnType<typeof rowsFor>, parts?: Partial<View>) => arrange(rows, view(parts), noon()).flatMap((group) => group.rows.map((row) => row.todo.title));

describe("the group of a todo", () => {
  it.each([
    ["2026-03-09", "overdue"],
    ["2026-03-10", "today"],
    ["2026-03-11", "later"],
    ["2026-03-10T10:59:00Z", "overdue"],
    ["2026-03-10T22:59:00Z", "today"],
    ["2026-03-10T23:00:00Z", "later"],
    [null, "later"],
  ])("%s at noon in Berlin is %s", (due_at, name) => {
    vi.stubEnv("TZ", "Europe/Berlin");
    expect(groupOf({ completed: false, due_at }, noon())).toBe(name);
    expect(groupOf({ completed: true, due_at }, noon())).toBe("done");
  });

  it.each(["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"])("changes at the reader's midnight in %s", (zone) => {
    vi.stubEnv("TZ", zone);
    const midnight = new Date(2026, 2, 11);
    const day = { completed: false, due_at: "2026-03-11" };
    expect(groupOf(day, todayOf(new Date(midnight.getTime() - 1)))).toBe("later");
    expect(groupOf(day, todayOf(midnight))).toBe("today");
    expect(groupOf(day, todayOf(new Date(2026, 2, 12)))).toBe("overdue");
  });

  it("ends its day right when the clocks change", () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    const today = todayOf(new Date(2026, 2, 29, 12));
    expect(groupOf({ completed: false, due_at: "2026-03-29T21:59:00Z" }, today)).toBe("today");
    expect(groupOf({ completed: false, due_at: "2026-03-29T22:00:00Z" }, today)).toBe("later");
  });

  it("is guessed by UTC until the reader's zone is known", () => {
    expect(groupOf({ completed: false, due_at: "2026-03-10" }, todayInUtc("2026-03-10T23:30:00.000Z"))).toBe("today");
  });
});

it("shows the groups in their order and leaves empty ones out", () => {
  const groups = arrange(rowsFor(todo(1, { completed: true }), todo(2, { due_at: "2020-01-01" }), todo(3)), view(), noon());
  expect(groups.map(({ name }) => name)).toEqual(["overdue", "later", "done"]);
});

it("sorts within a group", () => {
  const rows = rowsFor(todo(1, { title: "b", due_at: "2026-05-02" }), todo(2, { title: "A", priority: "high" }), todo(3, { title: "c", due_at: "2026-05-01" }));
  expect(titles(rows)).toEqual(["c", "b", "A"]);
  expect(titles(rows, { sort: "newest" })).toEqual(["c", "A", "b"]);
  expect(titles(rows, { sort: "title" })).toEqual(["A", "b", "c"]);
  expect(titles(rows, { sort: "priority" })).toEqual(["A", "c", "b"]);
});

it("searches titles and notes, whatever case and accents", () => {
  const rows = rowsFor(todo(1, { title: "Café" }), todo(2, { description: "in the CAFE" }), todo(3, { title: "Tea" }));
  expect(titles(rows, { q: " cafe " }).sort()).toEqual(["Café", "Todo 2"]);
  expect(titles(rows, { q: "cafe", filter: "done" })).toEqual([]);
});
