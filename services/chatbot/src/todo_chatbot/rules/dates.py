"""Dates in sentences: spans at an edge that look like one, read by dateutil."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.parser import ParserError, parse
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta
from dateutil.relativedelta import weekday as Weekday  # noqa: N812 - it is a class

from todo_chatbot.acts import Context, Later

_WEEKDAYS = {"mo": MO, "tu": TU, "we": WE, "th": TH, "fr": FR, "sa": SA, "su": SU}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_NUMBERS |= {"eight": 8, "nine": 9, "ten": 10, "couple of": 2}

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_WEEKDAY_SHORT = r"(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_N = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|couple of)"
_UNIT = r"(?:minute|hour|day|week|month|year)s?"
_DAY_OF_MONTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY = (
    rf"(?:the )?day after tomorrow|tomorrow(?: (?:morning|afternoon|evening|night))?|tmrw|tmr|tonight"
    rf"|today|this (?:morning|afternoon|evening)|(?:this|next|coming) (?:{_WEEKDAY}|week(?:end)?|month|year)|{_WEEKDAY}"
    rf"|(?:the )?end of (?:the |this )?(?:day|week|month|year)|in (?:a )?{_N} {_UNIT}|{_N} {_UNIT} from (?:now|today)"
    rf"|(?:the )?{_DAY_OF_MONTH} (?:of )?{_MONTH}(?:,? \d{{4}})?|{_MONTH} (?:the )?{_DAY_OF_MONTH}(?:,? \d{{4}})?"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(?:/\d{4}|/\d{2})?|\d{1,2}\.\d{1,2}\.(?:\d{4})?"
)
# After "on", "by" and the like a shorter word is a date too.
_DAY_AFTER_WORD = rf"{_DAY}|(?:this |next )?{_WEEKDAY_SHORT}|the {_DAY_OF_MONTH}"
_CLOCK = r"\d{1,2}(?::\d{2})? ?(?:am|pm|a\.m\.?|p\.m\.?)|\d{1,2}:\d{2}|noon|midnight|\d{1,2} o'?clock"
_TIME = rf"at (?:{_CLOCK}|\d{{1,2}})|{_CLOCK}"
_LEAD = r"due on|due by|due|no later than|by|on|before|until|till|for|from|starting"
_WHEN = (
    rf"(?:(?:{_LEAD}|at) )?(?:(?:{_TIME}),? (?:on )?(?:{_DAY_AFTER_WORD})|(?:{_DAY})(?:,? (?:{_TIME}))?)"
    rf"|(?:{_LEAD}) (?:{_DAY_AFTER_WORD})(?:,? (?:{_TIME}))?|(?:by |due )?(?:{_TIME})"
)
_AT_START = re.compile(rf"(?:{_WHEN})(?=,? |:|$)", re.IGNORECASE)
_AT_END = re.compile(rf"(?:^|(?<= )|(?<=\()|(?<=,))(?:{_WHEN})$", re.IGNORECASE)
_ALL = re.compile(rf"(?:(?:to|on|at|by|for|until|till|due) )?(?:{_WHEN}|{_DAY_AFTER_WORD}|\d{{1,2}})", re.IGNORECASE)
_STRIP_LEAD = re.compile(rf"(?:(?:{_LEAD}|to|at) )+", re.IGNORECASE)
_TIME_IN = re.compile(rf"(?:^| )(?:{_TIME})(?=,? |$)", re.IGNORECASE)
_CLOCK_PARTS = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(am|pm|a\.m\.?|p\.m\.?)?", re.IGNORECASE)
_IN = re.compile(rf"(?:in )?(?:a )?({_N}) ({_UNIT})(?: from (?:now|today))?", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_DAY_ONLY = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)?", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})")
DISTANCE = rf"(?:(?:an?|another) )?(?:{_N} )?(?:more |extra )?(?:day|week|month|year)s?"
_DISTANCE = re.compile(r"(?:(an?|another) )?(?:(.+?) )??(?:more |extra )?((?:day|week|month|year)s?)", re.IGNORECASE)
_TODAY = {"today", "tonight", "this morning", "this afternoon", "this evening", "end of day", "end of the day"}
_LAST_DAY = 31
_SPAN_REACH = 60  # no span is longer


@dataclass(frozen=True)
class Found:
    """The words that are left and the due value (a day or a moment with offset) that was cut from them."""

    rest: str
    due_at: str


def at_end(text: str, context: Context) -> Found | None:
    """The date at the end of `text`."""
    tail = text[-_SPAN_REACH:]
    if (found := _AT_END.search(tail)) and (due := read(found.group(), context)):
        return Found(text[: len(text) - len(tail) + found.start()].rstrip(" ,(-"), due)
    return None


def at_start(text: str, context: Context) -> Found | None:
    """The date at the start of `text`."""
    if (found := _AT_START.match(text[: _SPAN_REACH + 1])) and (due := read(found.group(), context)):
        return Found(text[found.end() :].lstrip(" ,:"), due)
    return None


def whole(text: str, context: Context) -> str | None:
    """The due value of `text` when all of it is a date, or already is such a value."""
    if _MOMENT.fullmatch(text):
        return text
    if len(text) <= _SPAN_REACH and _ALL.fullmatch(text):
        return read(text, context)
    return None


def distance(text: str) -> Later | None:
    """How far `text` ("two days", "a week") moves a date, None when it says no such thing."""
    if not (found := _DISTANCE.fullmatch(text)) or not (found[1] or found[2]):
        return None
    number = _number(found[2].lower()) if found[2] else 1
    unit = found[3].lower().rstrip("s")
    return {
        "day": Later(days=number),
        "week": Later(days=7 * number),
        "month": Later(months=number),
        "year": Later(months=12 * number),
    }[unit]


def moved(value: str | None, later: Later, context: Context) -> str:
    """The due value that is so much later than `value`, than today where there was none; a moment keeps its time."""
    away = relativedelta(days=later.days, months=later.months)
    if value is None or len(value) == len("2026-01-31"):
        return ((date.fromisoformat(value) if value else context.today) + away).isoformat()
    return (datetime.fromisoformat(value).astimezone(context.zone) + away).isoformat(timespec="seconds")


def read(span: str, context: Context) -> str | None:
    """The due value that `span` means to this user now, None when there is no such date."""
    words = _STRIP_LEAD.sub("", span.strip().lower(), count=1) if _STRIP_LEAD.match(span) else span.strip().lower()
    local = context.now.astimezone(context.zone)
    try:
        return _read(words, local)
    except (ParserError, ValueError, OverflowError):
        return None


def _read(words: str, local: datetime) -> str:
    if (moment := _from_now(words, local)) is not None:
        return moment.isoformat(timespec="seconds")
    clock, words = _take_clock(words)
    if not words or words.isdigit():
        if clock is None:
            clock = _clock(words)
        today = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
        return (today if today > local else today + timedelta(days=1)).isoformat(timespec="seconds")
    day = _day(words, local.date())
    if clock is None:
        return day.isoformat()
    return datetime.combine(day, clock, local.tzinfo).isoformat(timespec="seconds")


def _from_now(words: str, local: datetime) -> datetime | None:
    if (found := _IN.fullmatch(words)) and found[2].rstrip("s") in ("minute", "hour"):
        number = _number(found[1])
        away = timedelta(minutes=number) if found[2].startswith("minute") else timedelta(hours=number)
        return (local + away).replace(microsecond=0)
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _take_clock(words: str) -> tuple[time | None, str]:
    if not (found := _TIME_IN.search(words)):
        return None, words
    rest = f"{words[: found.start()]} {words[found.end() :]}"
    return _clock(found.group().strip().removeprefix("at ")), _STRIP_LEAD.sub("", rest.strip(" ,")).strip(" ,")


def _clock(words: str) -> time:
    if words in ("noon", "midnight"):
        return time(12 if words == "noon" else 0)
    parts = _CLOCK_PARTS.match(words)
    if not parts:
        raise ValueError(words)
    hour, minute, half = int(parts[1]), int(parts[2] or 0), (parts[3] or "")[:1]
    if half and not 1 <= hour <= 12:
        raise ValueError(words)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif not parts[2] and 1 <= hour <= 7:
        hour += 12  # nobody plans something "at 5" for the small hours
    return time(hour, minute)


def _day(words: str, today: date) -> date:
    words = words.removeprefix("the ").removeprefix("coming ")
    if words in _TODAY:
        return today
    if words.startswith(("tomorrow", "tmr")):
        return today + timedelta(days=1)
    if words == "day after tomorrow":
        return today + timedelta(days=2)
    if words.startswith("end of"):
        return _end_of(words.rsplit(" ", 1)[1], today)
    if found := _IN.fullmatch(words):
        unit = found[2].rstrip("s") + "s"
        return today + relativedelta(**{unit: _number(found[1])})  # type: ignore[arg-type]
    which, _, what = words.partition(" ")
    if which in ("this", "next"):
        return _this_or_next(which, what, today)
    if weekday := _weekday(words):
        return today + relativedelta(days=1, weekday=weekday(+1))
    if found := _DAY_ONLY.fullmatch(words):
        if int(found[1]) > _LAST_DAY:
            raise ValueError(words)
        day = today + relativedelta(day=int(found[1]))
        return day if day >= today else today + relativedelta(months=1, day=int(found[1]))
    return _by_dateutil(words, today)


def _weekday(words: str) -> Weekday | None:
    if re.fullmatch(rf"{_WEEKDAY}|{_WEEKDAY_SHORT}", words):
        return _WEEKDAYS[words[:2]]
    return None


def _end_of(unit: str, today: date) -> date:
    if unit == "week":
        return today + relativedelta(weekday=SU(+1))
    if unit == "month":
        return today + relativedelta(day=31)
    return date(today.year, 12, 31) if unit == "year" else today


def _this_or_next(which: str, what: str, today: date) -> date:
    if weekday := _weekday(what):
        coming = today + relativedelta(days=1, weekday=weekday(+1))
        same_week = coming <= today + relativedelta(weekday=SU(+1))
        # "next Friday" said on a Tuesday is the one of next week; said on a Sunday it is the coming one.
        return coming + timedelta(days=7) if which == "next" and same_week else coming
    if what == "weekend":
        saturday = today + relativedelta(weekday=SA(+1))
        return saturday + timedelta(days=7) if which == "next" else saturday
    if which == "this":
        return _end_of(what, today)
    if what == "week":
        return today + relativedelta(days=1, weekday=MO(+1))
    return today + relativedelta(months=1, day=1) if what == "month" else date(today.year + 1, 1, 1)


def _by_dateutil(words: str, today: date) -> date:
    if dotted := _DOTTED.fullmatch(words):
        day = date(int(dotted[3] or today.year), int(dotted[2]), int(dotted[1]))
    else:
        day = parse(words, default=datetime.combine(today, time())).date()
    says_year = re.search(r"\d{4}|/\d{1,2}/", words)
    return day if says_year or day >= today else day + relativedelta(years=1)
