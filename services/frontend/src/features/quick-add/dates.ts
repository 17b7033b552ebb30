/**
 * The words for a date that the page understands, and what each means to its reader.
 *
 * The grammar is closed: words that only resemble a date ("monitor", "The 5th Wave") are none. It is the assistant's grammar
 * too; a general library reads some of it differently ("next friday", "at 5") and would weigh more than the rest of this feature.
 */

import { joinDue, splitDue } from "@/lib/due";

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NUMBERS = ["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

const WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
const WEEKDAY_SHORT = "(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)";
const MONTH =
  "(?:january|february|march|april|may|june|july|august|september|october|november|december" +
  "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
const NUMBER = "(?:\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten)";
const UNIT = "(?:minute|hour|day|week|month|year)s?";
const NTH = "\\d{1,2}(?:st|nd|rd|th)?";
const DAY =
  "(?:the )?day after tomorrow|tomorrow(?: (?:morning|afternoon|evening|night))?|tmrw|tmr|tonight" +
  `|today|this (?:morning|afternoon|evening)|(?:this|next|coming) (?:${WEEKDAY}|week(?:end)?|month|year)|${WEEKDAY}` +
  `|(?:the )?end of (?:the |this )?(?:day|week|month|year)|in ${NUMBER} ${UNIT}|${NUMBER} ${UNIT} from (?:now|today)` +
  `|(?:the )?${NTH} (?:of )?${MONTH}(?:,? \\d{4})?|${MONTH} (?:the )?${NTH}(?:,? \\d{4})?` +
  "|\\d{4}-\\d{2}-\\d{2}|\\d{1,2}/\\d{1,2}(?:/\\d{4})?|\\d{1,2}\\.\\d{1,2}\\.(?:\\d{4})?";
/** After "on", "by" and the like a shorter word is a date too. */
const DAY_AFTER_WORD = `${DAY}|(?:this |next )?${WEEKDAY_SHORT}|the ${NTH}`;
const CLOCK = "\\d{1,2}(?::\\d{2})? ?(?:am|pm)|\\d{1,2}:\\d{2}|noon|midnight|\\d{1,2} o'?clock";
const TIME = `at (?:${CLOCK}|\\d{1,2})|${CLOCK}`;
const LEAD = "due on|due by|due|no later than|by|on|before|until|till|for|from|starting";
const WHEN =
  `(?:(?:${LEAD}|at) )?(?:(?:${TIME}),? (?:on )?(?:${DAY_AFTER_WORD})|(?:${DAY})(?:,? (?:${TIME}))?)` +
  `|(?:${LEAD}) (?:${DAY_AFTER_WORD})(?:,? (?:${TIME}))?|(?:by |due )?(?:${TIME})`;

const AT_END = new RegExp(`(?:^|[ (,])(${WHEN})$`, "i");
const LEADING = new RegExp(`^(?:(?:${LEAD}|to|at) )+`);
const TIME_IN = new RegExp(`(?:^| )(${TIME})(?=,? |$)`);
const FROM_NOW = new RegExp(`^(?:in )?(${NUMBER}) (minute|hour|day|week|month|year)s?(?: from (?:now|today))?$`);
const DAY_AND_MONTH = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)? (?:of )?(${MONTH})(?:,? (\\d{4}))?$`);
const MONTH_AND_DAY = new RegExp(`^(${MONTH}) (?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?$`);
/** No span is longer, so a long text costs nothing. */
const REACH = 60;

export type DateSpan = { start: number; words: string; due: string };

/** @returns the date at the end of the text, as the reader means it now; nothing when there is none or no such day. */
export function dateAtEnd(text: string, now: Date): DateSpan | undefined {
  const tail = text.slice(-REACH);
  const words = AT_END.exec(tail)?.[1];
  const due = words && readDate(words, now);
  return words && due ? { start: text.length - words.length, words, due } : undefined;
}

function readDate(span: string, now: Date): string | undefined {
  let words = span.toLowerCase().replace(LEADING, "");
  const away = FROM_NOW.exec(words);
  if (away && /minute|hour/.test(away[2] ?? "")) return fromNow(away, now);
  const said = TIME_IN.exec(words);
  let time = "";
  if (said?.[1]) {
    const clock = readClock(said[1].replace(/^at /, ""));
    if (clock === undefined) return undefined;
    time = clock;
    words = `${words.slice(0, said.index)} ${words.slice(said.index + said[0].length)}`.replace(/^[ ,]+|[ ,]+$/g, "").replace(LEADING, "");
  }
  if (/^\d*$/.test(words)) {
    // "at 5": its "at" is cut off already.
    time ||= readClock(words) ?? "";
    if (time === "") return undefined;
    const today = joinDue(dayAt(now, 0), time);
    return today && new Date(today) > now ? today : (joinDue(dayAt(now, 1), time) ?? undefined);
  }
  const day = readDay(words, now);
  return day && (joinDue(day, time) ?? undefined);
}

function fromNow([, number = "", unit]: RegExpExecArray, now: Date): string | undefined {
  const moment = new Date(now.getTime() + count(number) * (unit === "hour" ? 3_600_000 : 60_000));
  const { day, time } = splitDue(moment.toISOString());
  return joinDue(day, time) ?? undefined;
}

function readClock(words: string): string | undefined {
  if (words === "noon") return "12:00";
  if (words === "midnight") return "00:00";
  const [, hourSaid, minutes, half] = /^(\d{1,2})(?::(\d{2}))? ?(am|pm)?/.exec(words) ?? [];
  let hour = Number(hourSaid);
  if (half) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === "pm" ? 12 : 0);
  } else if (!minutes && hour >= 1 && hour <= 7) {
    hour += 12; // nobody plans something "at 5" for the small hours
  }
  return hour < 24 && Number(minutes ?? 0) < 60 ? `${two(hour)}:${minutes ?? "00"}` : undefined;
}

function readDay(said: string, now: Date): string | undefined {
  const words = said.replace(/^the /, "").replace(/^coming /, "");
  if (/^(?:today|tonight|this (?:morning|afternoon|evening))$/.test(words)) return dayAt(now, 0);
  if (/^(?:tomorrow|tmr)/.test(words)) return dayAt(now, 1);
  if (words === "day after tomorrow") return dayAt(now, 2);
  if (words.startsWith("end of")) return endOf(words.split(" ").at(-1) ?? "", now);
  const away = FROM_NOW.exec(words);
  if (away) return later(away, now);
  const [which, what = ""] = words.split(" ");
  if (which === "this" || which === "next") return thisOrNext(which, what, now);
  const weekday = weekdayOf(words);
  if (weekday !== undefined) return dayAt(now, untilWeekday(weekday, now));
  return onDate(words, now);
}

function later([, number = "", unit]: RegExpExecArray, now: Date): string {
  const amount = count(number);
  if (unit === "day" || unit === "week") return dayAt(now, amount * (unit === "week" ? 7 : 1));
  const month = now.getMonth() + (unit === "year" ? 12 : 1) * amount;
  const last = new Date(now.getFullYear(), month + 1, 0).getDate();
  return dayOf(new Date(now.getFullYear(), month, Math.min(now.getDate(), last)));
}

function endOf(unit: string, now: Date): string {
  if (unit === "week") return dayAt(now, (7 - now.getDay()) % 7);
  if (unit === "month") return dayOf(new Date(now.getFullYear(), now.getMonth() + 1, 0));
  return unit === "year" ? `${now.getFullYear()}-12-31` : dayAt(now, 0);
}

function thisOrNext(which: string, what: string, now: Date): string | undefined {
  const weekday = weekdayOf(what);
  const toSunday = (7 - now.getDay()) % 7;
  if (weekday !== undefined) {
    const days = untilWeekday(weekday, now);
    // "next friday" said on a Tuesday is the one of next week; said on a Sunday it is the coming one.
    return dayAt(now, which === "next" && days <= toSunday ? days + 7 : days);
  }
  if (what === "weekend") return dayAt(now, ((6 - now.getDay() + 7) % 7) + (which === "next" ? 7 : 0));
  if (which === "this") return endOf(what, now);
  if (what === "week") return dayAt(now, untilWeekday(1, now));
  return what === "month" ? dayOf(new Date(now.getFullYear(), now.getMonth() + 1, 1)) : `${now.getFullYear() + 1}-01-01`;
}

function onDate(words: string, now: Date): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(words);
  if (iso) return onDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slashed = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(words);
  if (slashed) return coming(slashed[3], Number(slashed[1]), Number(slashed[2]), now);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(words) ?? DAY_AND_MONTH.exec(words);
  if (dotted) return coming(dotted[3], monthOf(dotted[2] ?? ""), Number(dotted[1]), now);
  const american = MONTH_AND_DAY.exec(words);
  if (american) return coming(american[3], monthOf(american[1] ?? ""), Number(american[2]), now);
  const day = Number(/^(\d{1,2})(?:st|nd|rd|th)?$/.exec(words)?.[1]);
  if (!(day >= 1 && day <= 31)) return undefined;
  const months = day >= now.getDate() ? 0 : 1;
  const last = new Date(now.getFullYear(), now.getMonth() + months + 1, 0).getDate();
  return dayOf(new Date(now.getFullYear(), now.getMonth() + months, Math.min(day, last)));
}

/** Without a year: the next such day. */
function coming(year: string | undefined, month: number, day: number, now: Date): string | undefined {
  if (year) return onDay(Number(year), month, day);
  const thisYear = onDay(now.getFullYear(), month, day);
  return thisYear && thisYear < dayAt(now, 0) ? onDay(now.getFullYear() + 1, month, day) : thisYear;
}

/** @returns the day, if the calendar has it. */
function onDay(year: number, month: number, day: number): string | undefined {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? dayOf(date) : undefined;
}

const untilWeekday = (weekday: number, now: Date) => (weekday - now.getDay() + 6) % 7 + 1;
const weekdayOf = (words: string) =>
  new RegExp(`^(?:${WEEKDAY}|${WEEKDAY_SHORT})$`).test(words) ? WEEKDAYS.indexOf(words.slice(0, 3)) : undefined;
const monthOf = (words: string) => (/\d/.test(words) ? Number(words) : MONTHS.indexOf(words.slice(0, 3)) + 1);
const count = (words: string) => (/\d/.test(words) ? Number(words) : Math.max(1, NUMBERS.indexOf(words)));
const dayAt = (now: Date, days: number) => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
const dayOf = (date: Date) => `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const two = (number: number) => String(number).padStart(2, "0");
