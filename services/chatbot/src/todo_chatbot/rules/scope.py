"""The scope gate: which things a todo list has, and which are another assistant's business."""

import re

LIST_KIND = r"(?:to[ -]?dos?|tasks?|check|reminders?|shopping|grocery|groceries|chores?|errands?|work|bucket)"
LIST = rf"(?:(?:{LIST_KIND} ){{0,2}}lists?|to[ -]?dos?|tasks|reminders|chores|errands)"
ITEMS = r"(?:to[ -]?dos?|tasks?|items?|things|entries|entry|chores?|errands?|reminders?|ones?)"

# "… to my list", "… on the to-do list"
TO_LIST = re.compile(
    rf"(?:^| )(?:down )?(?:to|on|onto|in|into|from|off|off of|at) (?:(?:my|the|our|this|your|a|a new) )?{LIST}$", re.I
)

_FOREIGN = (
    r"(?:calendars?|playlists?|songs?|music|albums?|radio|podcasts?|alarms?|timers?|events?|meetings?|appointments?"
    r"|e-?mails?|inbox|contacts?|phone ?book|lights?|lamps?|volume|weather|news|jokes?|recipes?|cookbook|taxis?|cabs?"
    r"|uber|tickets?|restaurants?|tweets?|twitter|facebook|spotify|youtube|netflix|library|favou?rites|queue|cart"
    r"|basket|account|subscriptions?|order|files?|photos?|pictures?|messages?|schedule|agenda|stations?|channel"
    r"|movies?|stocks?|sentence|quiz|game)"
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
_OTHER_LIST = re.compile(r" (?:to|on|onto|in|into|from|off) (?:my|the|our|a|an) [\w'-]{1,20} lists?$", re.I)
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
    return len(text) < 60 and bool(_SUM.match(text))
