"""The scope gate: which things a todo list has, and which are another assistant's business."""

import re

LIST_KIND = r"(?:to[ -]?do'?s?|tasks?|check|reminders?|shopping|grocery|groceries|chores?|errands?|work|bucket)"
LIST = rf"(?:(?:{LIST_KIND} ){{0,2}}lists?|to[ -]?do'?s?|tasks|reminders|chores|errands)"
ITEMS = r"(?:to[ -]?dos?|tasks?|items?|things|entries|entry|chores?|errands?|reminders?|ones?)"

_FOREIGN = (
    r"(?:calendars?|playlists?|songs?|music|albums?|radio|podcasts?|alarms?|timers?|events?|meetings?|appointments?"
    r"|e-?mails?|inbox|contacts?|phone ?book|lights?|lamps?|volume|weather|news|jokes?|recipes?|cookbook|taxis?|cabs?"
    r"|uber|tickets?|restaurants?|tweets?|twitter|facebook|spotify|youtube|netflix|library|favou?rites?|queue|cart"
    r"|basket|account|subscriptions?|(?<!to )order|files?|photos?|pictures?|messages?|schedule|agenda|stations?|channel"
    r"|movies?|stocks?|sentence|quiz|game|audio ?books?|tracks?|notifications?|notifiers?)"
)
# Occasions are a calendar's.
_OCCASION = (
    r"(?:birthdays?|bday|weddings?|part(?:y|ies)|anniversar(?:y|ies)|conferences?|brunch|luncheon|lunch|dinner|reunion"
    r"|ceremony|concerts?|functions?|celebrations?|get[ -]together|sessions?|interviews?|seminars?|webinars?|holidays?"
    r"|vacation|festivals?|gathering|baby shower|graduation|standup|call with|chat with|date with)"
)
_WORD = r"[\w'-]{1,20}"
OWNER = r"(?:my|the|our|this|that|your|these|those|a|an|any|another|his|her)"
# A list of somebody's own naming ("the christmas list"), but not one of songs or contacts, and no preposition.
LIST_WORD = (
    rf"(?!(?:to|on|onto|in|into|from|off|of|for|and|is|are|with|play|friends?|mailing|waiting|wait|black|block|blocked|white|price|call|guest|person|people|d|v|r|dvr"
    rf"|{OWNER}|{_FOREIGN})(?: |$|\.)){_WORD} "
)
_DATED = r"(?:today|tomorrow|(?:this |next )?week|[a-z]{3,6}day)'s"
# "… to my list", "… on the to-do list"
TO_LIST = re.compile(
    r"(?:^| )(?:back |down |up )?(?:(?:at|to|on) (?:the )?(?:top|bottom|end|start) of"
    r"|to|on|onto|in|into|from|off of|off from|out of|off|of|at|within)"
    rf" (?:(?:{_DATED} |{OWNER} (?:{_DATED} )?)?(?:new )?(?:to[ -]do |(?:{LIST_WORD}){{1,3}})?lists?(?: (?:of (?:things|stuff|items|groceries|chores|tasks)(?: (?:(?:i|we) (?:need|have|want|got) )?to (?:do|buy|get|pick up))?|to do))?|(?:the )?(?:things|stuff) (?:i|we) (?:have|need) to (?:do|buy|get)"
    rf"|(?:{OWNER} (?:{_DATED} )?(?:new )?)?{LIST}|(?:my |the )?groceries)$",
    re.I,
)
# "get milk off my list" is the opposite of adding.
AWAY = re.compile(r"[ ,]*(?:back |down |up )?(?:from|off|out|of)(?: |$)", re.I)
_DAY_ANY = re.compile(
    r"(?:^| )(?:tomorrow|tonight|today|(?:next|this) (?:week|month|year|weekend|morning|afternoon|evening)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|april|june|july|august|september|october|november"
    r"|december|(?:on|for|in|of) (?:march|may))(?:'s)?(?: |$)",
    re.I,
)
_LIST_NOUN = re.compile(
    rf"(?:^| )(?:{OWNER}|all|all of|available|current|which|what|on|in) (?:(?:to[ -]do |{LIST_WORD}){{0,3}}lists?)(?: |$)"
    rf"|(?:^| )(?:{LIST_KIND} lists?|lists)(?: |$)",
    re.I,
)
_ANY_PLACE = re.compile(
    rf" (?:to|into|onto|in|on|as|for) (?:my|the|our|his|her|this|that|your|their|a|an) (?:{_WORD} ){{0,2}}{_WORD}$",
    re.I,
)
_FROM_ELSEWHERE = re.compile(rf" (?:from|off|out of) (?:my|the|our|this|that) (?:{_WORD} )?{_WORD}$", re.I)
_SOMEBODY = re.compile(
    r"(?:up|me|him|her|us|them|you|myself|my (?:wife|husband|spouse|son|daughter|mom|dad|friend))(?: |$)", re.I
)
_LIST_ANY = re.compile(
    rf"(?:^| )(?:lists?|to[ -]?do'?s?|(?:{OWNER}|all|new|what|which|any) (?:[a-z]{{1,12}} )?(?:tasks?|chores|errands|reminders))(?![\w-])",
    re.I,
)
_LIST_ITSELF = re.compile(rf"(?:{OWNER} )?{LIST}", re.I)
_ON_MY_LIST = re.compile(rf" on (?:my|our) (?:{LIST_KIND} )?list$", re.I)
_LIST_OF = re.compile(
    r" lists? of (?!(?:all )?(?:my |the )?(?:pending |open |done )?"
    r"(?:things|to[ -]?dos?|tasks|reminders|items|groceries|chores|errands|lists)(?: |$))",
    re.I,
)
_FOREIGN_ANY = re.compile(rf"(?:^| ){_FOREIGN}(?: |'s|[.,]|$)", re.I)
_OCCASION_ANY = re.compile(rf"(?:^| ){_OCCASION}(?: |'s|[.,]|$)", re.I)
_CLOCK_ANY = re.compile(
    r"(?: (?:[ap]\. ?m\.?|[ap]m|o'?clock|noon|midnight)(?: |$))|\d ?[ap]\.?m\b"
    r"|(?:^| )(?:this|next|coming|every|scheduled|on|for|from|until) (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:^| )scheduled(?: |$)",
    re.I,
)
# Where it goes or comes from, or what it is, is not a list's.
_FOREIGN_PLACE = re.compile(rf"(?:^| )(?:to|on|onto|in|into|from|off|with) (?:[\w'-]{{1,20}} ){{0,3}}{_FOREIGN}$", re.I)
_FOREIGN_HEAD = re.compile(
    rf"(?:(?:a|an|the|my|our|this|that|all|all my|new|next|another|today's|tomorrow's) ){{0,3}}"
    rf"(?:(?!to )[\w'-]{{1,20}} )?{_FOREIGN}(?: |$)",
    re.I,
)
_FOREIGN_END = re.compile(rf"(?:^| ){_FOREIGN}$", re.I)
_FOREIGN_START = re.compile(rf"(?:to|on|onto|in|into|from|off) (?:(?:my|the|our|your) )?{_FOREIGN}(?: |$)", re.I)
# "… to my contact list": a list, but not of todos
_OTHER_LIST = re.compile(
    rf" (?:to|on|onto|in|into|from|off) (?:(?:my|the|our|a|an) )?(?:{_WORD} ){{1,3}}lists?$|playlist", re.I
)
_NUMBER_WORD = (
    r"(?:\d+|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand)"
)
_WORD_SUM = re.compile(
    rf"(?:up )?{_NUMBER_WORD}(?:[ -]{_NUMBER_WORD}){{0,4}} (?:plus|minus|and|to|times|with) (?:{_NUMBER_WORD}(?: |$))",
    re.I,
)
_SUM = re.compile(r"[\d\s+*/.,x-]+(?:and|plus|to|with)?[\d\s+*/.,x-]*$", re.I)


def foreign_place(text: str) -> bool:
    """Whether `text` ends by naming something that is not a todo list ("… to my calendar")."""
    end = text[-100:]
    return bool(_FOREIGN_PLACE.search(end) or _OTHER_LIST.search(end) or _FOREIGN_START.match(text))


def foreign_end(text: str) -> bool:
    """Whether the thing that `text` names is another assistant's ("the five o'clock alarm")."""
    return bool(_FOREIGN_END.search(text[-40:]))


def foreign_head(text: str) -> bool:
    """Whether the thing that `text` starts with is another assistant's ("an event …", "my morning alarm")."""
    return bool(_FOREIGN_HEAD.match(text))


def sums(text: str) -> bool:
    """Whether `text` is arithmetic."""
    return len(text) < 60 and bool(_SUM.match(text) or _WORD_SUM.match(text))


def other_place(text: str) -> bool:
    """Whether `text` ends with a place that is no list ("oil to my car") or starts with somebody ("me to the chat")."""
    return bool(_ANY_PLACE.search(text[-60:]) or _SOMEBODY.match(text))


def from_elsewhere(text: str) -> bool:
    """Whether `text` ends with what something is to be taken from ("lisa from the call")."""
    return bool(_FROM_ELSEWHERE.search(text[-60:]))


def somebody(text: str) -> bool:
    """Whether `text` is only somebody ("you")."""
    return text.lower() in ("you", "me", "him", "her", "us", "myself", "yourself", "everyone", "someone")


def list_noun(text: str) -> bool:
    """Whether `text` speaks of a list of todos as a thing ("what is on the list")."""
    return (
        bool(_LIST_NOUN.search(text))
        and not _LIST_OF.search(text)
        and (not _FOREIGN_ANY.search(text) or bool(_ON_MY_LIST.search(text[-40:])))
    )


def names_list(text: str) -> bool:
    """Whether `text` names a list that may be one of todos, anywhere."""
    return bool(_LIST_ANY.search(text)) and not _FOREIGN_ANY.search(text)


def list_itself(text: str) -> bool:
    """Whether `text` names the list as a whole ("my shopping list")."""
    return bool(_LIST_ITSELF.fullmatch(text))


def foreign_any(text: str) -> bool:
    """Whether `text` names another assistant's thing anywhere."""
    return bool(_FOREIGN_ANY.search(text))


def occasion(text: str) -> bool:
    """Whether `text` is about an occasion or a time of the clock, which are a calendar's."""
    return bool(_OCCASION_ANY.search(text))


def day(text: str) -> bool:
    """Whether `text` names a day, which no title that was made here holds."""
    return bool(_DAY_ANY.search(text))


def clock(text: str) -> bool:
    """Whether `text` names a time of the clock or a weekday as a calendar has them."""
    return bool(_CLOCK_ANY.search(text))
