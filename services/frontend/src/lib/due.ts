/** What "due" means on the page: days and moments in the reader's own time zone. */

export type DueTone = "overdue" | "soon" | "later";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @returns the day ("2026-01-31") and the time ("17:00", or empty) for the inputs of a form. */
export function splitDue(due: string | null): { day: string; time: string } {
  if (due === null) return { day: "", time: "" };
  if (DAY.test(due)) return { day: due, time: "" };
  const moment = new Date(due);
  return { day: dayOf(moment), time: `${two(moment.getHours())}:${two(moment.getMinutes())}` };
}

/** @returns what the backend stores: a day alone, a moment with the reader's offset, or null without a day. */
export function joinDue(day: string, time: string): string | null {
  if (day === "") return null;
  if (time === "") return day;
  const moment = new Date(`${day}T${time}`);
  const offset = -moment.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  return `${day}T${time}:00${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}

/** @returns a short text such as "Tomorrow, 17:00" and how urgent it is. */
export function describeDue(due: string, now: Date): { text: string; tone: DueTone } {
  const { day, time } = splitDue(due);
  const days = daysBetween(dayOf(now), day);
  const late = days < 0 || (days === 0 && time !== "" && new Date(due) < now);
  const tone = late ? "overdue" : days <= 1 ? "soon" : "later";
  return { text: dayName(day, days, now) + (time && `, ${time}`), tone };
}

function dayName(day: string, days: number, now: Date): string {
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  const date = new Date(`${day}T12:00`);
  if (days > 1 && days < 7) return date.toLocaleDateString("en", { weekday: "long" });
  const sameYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString("en", { day: "numeric", month: "short", ...(!sameYear && { year: "numeric" }) });
}

// By UTC, where every day has 24 hours.
const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
const dayOf = (moment: Date) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
const two = (number: number) => String(number).padStart(2, "0");
