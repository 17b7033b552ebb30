import { afterEach, describe, expect, it, vi } from "vitest";
import { describeDue, joinDue, splitDue } from "./due";

afterEach(() => {
  vi.unstubAllEnvs();
});

const inZone = (zone: string) => vi.stubEnv("TZ", zone);

it.each(["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"])("keeps day and time in %s", (zone) => {
  inZone(zone);
  for (const [day, time] of [["2026-03-29", "03:30"], ["2026-07-01", "00:00"], ["2026-12-31", "23:59"]] as const) {
    const due = joinDue(day, time);
    expect(splitDue(due)).toEqual({ day, time });
    expect(due).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d$/);
  }
});

it("stores the offset of that moment, not of today", () => {
  inZone("Europe/Berlin");
  expect(joinDue("2026-01-15", "09:00")).toBe("2026-01-15T09:00:00+01:00");
  expect(joinDue("2026-07-15", "09:00")).toBe("2026-07-15T09:00:00+02:00");
});

it("stores a day alone as a day and nothing as nothing", () => {
  expect(joinDue("2026-01-31", "")).toBe("2026-01-31");
  expect(joinDue("", "09:00")).toBeNull();
  expect(splitDue(null)).toEqual({ day: "", time: "" });
});

describe("in words", () => {
  it.each([
    ["2026-03-10", "Today", "soon"],
    ["2026-03-11", "Tomorrow", "soon"],
    ["2026-03-09", "Yesterday", "overdue"],
    ["2026-03-14", "Saturday", "later"],
    ["2026-03-17", "Mar 17", "later"],
    ["2027-01-02", "Jan 2, 2027", "later"],
    ["2026-03-10T08:00:00+01:00", "Today, 08:00", "overdue"],
    ["2026-03-10T22:00:00+01:00", "Today, 22:00", "soon"],
  ])("%s is %s (%s)", (due, text, tone) => {
    inZone("Europe/Berlin");
    expect(describeDue(due, new Date("2026-03-10T12:00:00+01:00"))).toEqual({ text, tone });
  });

  it("counts days by the reader's midnight", () => {
    inZone("America/Los_Angeles");
    expect(describeDue("2026-03-10", new Date("2026-03-10T06:59:00Z")).text).toBe("Tomorrow");
    expect(describeDue("2026-03-10", new Date("2026-03-10T07:01:00Z")).text).toBe("Today");
  });
});
