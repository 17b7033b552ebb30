"""Sentences about lists as such. There is one list here, so they are answered with a question or by showing it."""

import re

from todo_chatbot.acts import Ask
from todo_chatbot.rules import scope
from todo_chatbot.rules.delete import CLEAR_LIST

_LIST_NAME = r"(?:[\w'-]{1,20} ){0,3}lists?"
_NEW_LIST = re.compile(
    rf"(?:by [\w']{{1,12}} )?(?:(?:create|make|start|open|prepare|generate|begin|add|set up|open up|build|get|give|need|have|want"
    rf"|i need|i want)(?: up)?(?: (?:me|us))?(?: with)? )?(?:a |an |another |me )?"
    rf"(?:(?:new|separate|fresh|another) {_LIST_NAME}|(?:to[ -]do|shopping|grocery|groceries|chore|work|packing|task) ?list|list)"
    rf"(?: (?:for (?:me|us|[\w'-]{{1,20}}(?: [\w'-]{{1,20}}){{0,2}})|called [\w' -]{{1,40}}|named [\w' -]{{1,40}}|of))?",
    re.I,
)
# "make a list of books to order", "start my packing list", "I need another list"
_MADE = (
    r"(?:create|creating|make|making|start|starting|begin|prepare|build|set up|set|generate|compile|write|draft|put together)"
    r"(?: up| creating| making)?(?: (?:me|us))?(?: up)? "
)
_ANY_LIST = (
    rf"(?:(?:a|an|another|my|the|our|one|some) )?(?:new |separate )?(?:to[ -]do |{scope.LIST_WORD}){{0,3}}lists?(?: |$)"
)
_NEW_LIST_OF = re.compile(
    rf"(?:by [\w']{{1,12}} )?{_MADE}{_ANY_LIST}"
    rf"|(?:add|i need|i want|i'd like|i would like|we need) a(?:nother)? list(?: |$)"
    rf"|(?:add|open|bring|pull|show|get|give|have|need|want|i need|i want|i'd like|i would like|we need)(?: up)?(?: (?:me|us))?(?: with)? "
    rf"(?:(?:a |an |the )?(?:new|another|separate|fresh) (?:to[ -]do |{scope.LIST_WORD}){{0,3}}lists?)(?: |$)"
    rf"|(?:a )?new (?:to[ -]do |{scope.LIST_WORD}){{0,3}}list(?: |$)",
    re.I,
)
_EDIT = re.compile(
    rf"(?:edit|update|change|add to|extend|refresh) (?:{scope.OWNER} )?(?:(?:to[ -]do|shopping|grocery|task) )?list(?: with (?:a |the |this |some )?new (?:one|items?|things?|entry|entries))?$",
    re.I,
)
_LIST = rf"(?:{scope.OWNER} )?(?:(?:whole|entire|old|current|first|second|third|last|new) )?(?:to[ -]do |{scope.LIST_WORD}){{0,3}}lists?"
_DELETE = (
    r"(?:delete|remove|erase|clear|abolish|trash|discard|empty|wipe|drop|cancel|dump|destroy|scrap|abolish|get rid of|take off"
    r"|take away|throw (?:out|away)|clean)(?: out| up| off)?"
)
_GONE = re.compile(
    rf"(?:(?:find|open|go to|pull up|select)(?: up)? {_LIST} (?:and |then |and then )?)?{_DELETE} {_LIST}"
    rf"(?: (?:for|from|of|titled|called|named) (?:[\w'-]{{1,20}} ?){{1,6}})?$"
    rf"|(?:i|we) (?:do not|don't|no longer) (?:want|need) {_LIST}(?: any ?more| any longer)?(?:,? (?:so )?(?:please )?{_DELETE} it)?$"
    rf"|(?:find|open|go to|pull up) {_LIST} and {_DELETE} it$",
    re.I,
)
_STARTED_OVER = re.compile(
    rf"(?:start|begin|redo|restart|reset) {_LIST}(?: (?:over|again|anew|from scratch|all over)){{1,2}}$"
    rf"|(?:have|get|make) {_LIST} (?:cleared|erased|blank|empty|emptied|deleted|wiped|reset|cleaned)(?: out| off)?$"
    rf"|{_LIST} (?:needs? to|should|must|has to|can) be (?:cleared|erased|emptied|deleted|wiped|reset|cleaned)(?: out| off)?$",
    re.I,
)
ONE_LIST = Ask("You have one list here, and it is ready. What shall I add to it?")
WHOLE_LIST = Ask(
    "You have one list here, and it stays. Shall I delete what is on it?",
    (("All of it", "delete everything"), ("What is done", "delete all done todos"), ("Show it", "show my list")),
    about="delete",
)


# These only wish to see it.
_BARE = frozenset(("list", "todo list", "to do list", "to-do list", "shopping list", "grocery list", "groceries list"))
# A list of films to watch may be ours; one of songs to play is not, nor what a calendar or an address book lists.
_PLAYED = re.compile(
    r"(?:^| )(?:songs?|music|play|playlists?|albums?|radio|podcasts?|alarms?|calendars?|events?|meetings?|appointments?|e-?mails?"
    r"|contacts?|news|weather|restaurants?|calls?|near|nearby|around|jokes?)(?: |$)",
    re.I,
)


def interpret(text: str) -> Ask | None:
    """A question for the plain sentence `text` if it wants a list made or deleted, None when it does not."""
    if len(text) > 150 or '"' in text or CLEAR_LIST.match(text) or text.lower() in _BARE:
        return None
    if _STARTED_OVER.match(text):
        return WHOLE_LIST
    if (_NEW_LIST.fullmatch(text) or _NEW_LIST_OF.match(text) or _EDIT.match(text)) and not _PLAYED.search(text):
        return ONE_LIST
    if scope.foreign_any(text) or _PLAYED.search(text):
        return None
    return WHOLE_LIST if _GONE.match(text) else None
