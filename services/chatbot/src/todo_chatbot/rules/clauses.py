"""Turns roundabout orders into plain ones, so that each rule needs to know one form of them.

"on my list put soap", "open my list and put soap on it" and "we're out of soap, so put it on my list" all become
"put soap on my list". What no order stands in is left as it is.
"""

import re

from todo_chatbot.rules import scope

_LONGEST = 200  # characters; patterns with gaps look at nothing longer
_ADD = r"(?:add|put|include|place|insert|write|note|enter|append|stick|throw|log|record|get)"
_REMOVE = r"(?:remove|delete|erase|take|cross|scratch|strike|drop|get rid of|pull|clear)"
_VERB = rf"(?:{_ADD}|{_REMOVE}|mark|check|tick|set|change|rename|replace|swap|edit)"
_JOINTS = ((re.compile(_ADD, re.I), "to"), (re.compile(_REMOVE, re.I), "from"))
_LIST = (
    rf"(?:{scope.OWNER} )?(?:(?:to[ -]do |{scope.LIST_WORD}){{1,3}}lists?|{scope.LIST}|lists?)"
    r"(?: of (?:things|tasks|items)(?: to do)?)?"
)
_AND = r"(?:,| ;)?(?: (?:and|then|so|please|just|can you|could you|you can|go ahead and|will you|would you|also),?)* "
_TO = r"(?:to|on|onto|in|into)"
_FROM = r"(?:off of|out of|off|from)"

# "on my list, put soap"; "open my list and put soap on it"
_FRONT = re.compile(
    rf"(?:(?:{_TO}|{_FROM}|for|under) |(?:open|go to|find|pull up|bring up|look at|get|access|start|make|create)(?: up)? )?"
    rf"(?P<list>{_LIST})(?:[,:]| ;)?{_AND}(?P<verb>{_VERB}|(?:i|we) (?:need|want)|[+]) (?P<rest>.+)",
    re.I,
)
_ON_IT = re.compile(rf" (?:{_TO}|{_FROM}) (?:it|there|that)$", re.I)

# "put on my list soap"
_TURNED = re.compile(
    rf"(?P<verb>{_VERB}(?: down| away)?)(?: (?:the following|these|this)(?: items?| things?| tasks?)?)? (?:{_TO}|{_FROM}) (?P<list>{_LIST})[:,]? (?P<rest>(?!and |so |for |please ).+)",
    re.I,
)

# "we're out of soap, so put it on my list"
_ORDER = re.compile(
    rf"{_AND}(?P<verb>{_VERB}(?: off)?) (?:it|that one|that|them|those|these|this|the item)"
    rf"(?P<rest>(?: (?:{_TO}|{_FROM}|down|out|as|back|complete|done|completed|finished)(?: .*)?)?)$",
    re.I,
)
# What one does to things as well as to a list.
_WORLDLY = re.compile(r"take|put|get|set|drop|pull|throw|stick|place|clear|change", re.I)
_NOTED = ("note", "write", "record", "log", "enter", "list")
_COMES_OFF = re.compile(
    rf"{_AND}(?:it|that|they|those) (?:can|should|may) (?:come|go|be taken) {_FROM} (?P<list>{_LIST})$", re.I
)
_REASON = re.compile(
    r"(?:(?:i think|because|since|now that) )?(?:i|we)(?:'m|'re|'ve| am| are| have)?(?: going to)?(?: got)?"
    r"(?: (?:just|already|really|also|almost|nearly|now|finally|all|totally|still|running|run|ran))*"
    r"(?: (?:(?:out of|low on|(?:need|want|have(?! enough)|had|ought|got(?! enough)|forgot|must|should|gotta)(?: to)?(?: (?:buy|get) more| more)?"
    r"|could use|would like|(?:do not|don't|won't|didn't|no longer) (?:need|want|have)(?: to)?(?: any| more)?"
    r"|(?:have|got|there is) enough|bought|picked up|found|decided against|changed my mind about|forgot about"
    r"|did|done with|done|finished with|finished|completed|took care of|no more(?: need for)?)) (?P<what>.{1,100})"
    r"| (?P<did>[a-z]{2,12}ed .{1,80}|(?:paid|took|fed|sent|made|swept|wrote|read) .{1,80}))"
    r"|(?:no need for|never ?mind(?: about)?|forget(?: about)?|there's no more) (?P<that>.{1,100})",
    re.I,
)
_SPARE_START = re.compile(rf"(?:(?:some|any|more|to|{_ADD}(?= .* {_TO} )) )+", re.I)
_SPARE_END = re.compile(rf"(?:(?: (?:any ?more|any longer|already|now|again|too|left|instead))| {_TO} {_LIST})+$", re.I)

# "soap no longer needs to be on my list"; "I don't want soap on my list"
_NOT_ON = re.compile(
    r"(?P<what>.{1,80}?) (?:(?:doesn't|don't|does not|do not) (?:need|have|belong|go)|no longer (?:needs?|has|have|belongs?)|shouldn't|should not"
    rf"|(?:can|should|must|may|could|needs? to|has to|have to) (?:come|go|be (?:removed|deleted|taken|erased|crossed|dropped|struck))(?= {_FROM} ))"
    rf"(?: to)?(?: be)? (?:on|in|{_FROM}) (?P<list>{_LIST})(?: any ?more)?$",
    re.I,
)
_UNWANTED = re.compile(
    rf"(?:i|we) (?:do not|don't|no longer) (?:need|want) (?P<what>.{{1,80}}?) (?:on|in) (?P<list>{_LIST})(?: any ?more)?$",
    re.I,
)
_ASKING = re.compile(
    r"(?:an? (?:update|overview|recap|summary|look|list|rundown)|the status|what|which|who|when|where|why|how|is|are|do|did|does|has|have|should|if|i|we|it|that|this)(?: |$)",
    re.I,
)

# "put an entry on my list for soap", "put soap down as a task"
_ENTRY = re.compile(
    rf"(?:(?:{_ADD}|make|create|leave|set)(?: me)? )?(?:an?|another|one|new)(?: new)? (?:entry|item|task|thing|note) (?:{_TO}|for) (?P<list>{_LIST})(?: (?:for|to|called|named|saying|that says|about)|:) (?P<what>.+)",
    re.I,
)
_AS_TASK = re.compile(
    rf"(?:{_ADD}|schedule)(?: down)? (?P<what>.{{1,100}}?)(?: down)? as (?:(?:an?|another|one)(?: new)? (?:task|item|to[ -]?do|chore|entry|errand)|something (?:i|we) (?:need|have) to do)(?: {_TO} (?P<list>{_LIST}))?(?P<when> (?:for|on|by) .{{1,40}})?$",
    re.I,
)
_NOT_IN = re.compile(
    rf"(?:make sure )?(?P<what>.{{1,80}}?) (?:(?:isn't|aren't|is not|are not|is no longer|are no longer)(?: needed)?|no longer needed) (?:on|in) (?P<list>{_LIST})(?: any ?more)?$",
    re.I,
)
_WITHOUT = re.compile(
    rf"(?P<list>{_LIST}) (?:should not|shouldn't|must not|does not need to|doesn't need to) (?:include|have|contain|say) (?P<what>.{{1,80}})$",
    re.I,
)
# "we're having guests so add wine to my list": the order alone
_EMBEDDED = re.compile(
    rf"(?P<lead>.{{1,80}}?)(?:,|;| so| and| then| please| to| just| can you| you can| could you)+ (?P<order>{_VERB} .{{1,100}} (?:{_TO}|{_FROM}) {_LIST})$",
    re.I,
)
_NO_LEAD = re.compile(
    r"(?:^| )(?:not|don't|never|how|what|what's|why|when|who|which|should|did|do i|if|whether|tell|show|read|want|forgot|try|tried|trying|able|supposed|said|told|asked|says|asking|heard|hear|hate|afraid|worried|wish|wonder|think|thought|without|before|after|once|unless|rather|refuse|refused|stop|learn|love|like|about|said:|he|she|they|somebody|someone|add|put|delete|remove)(?: |$)",
    re.I,
)
_HAVE_GONE = re.compile(
    rf"(?:(?:make|be) sure (?:that )?|have |get |see (?:to it )?that |(?:i|we)(?:'d| would)? (?:want|need|like) |ensure (?:that )?)(?P<what>.{{1,80}}?)(?: (?:is|are|gets|get|to be))?"
    rf" (?:removed|deleted|erased|taken|crossed|dropped|struck|gone)(?: off| out)? {_FROM} (?P<list>{_LIST})$",
    re.I,
)
_UNDO = re.compile(
    rf"(?:undo|revert|take back) (?:adding|putting) (?P<what>.{{1,100}}?) {_TO} (?P<list>{_LIST})$", re.I
)

# "make sure soap is on my list", "I want soap put on my list"
_HAVE = re.compile(
    r"(?:(?:make|be) sure (?:that )?|have |get (?!rid )|(?:i|we)(?:'d| would)? (?:want|need|like) |see that |ensure (?:that )?)"
    r"(?P<what>(?!(?:i|to|you) ).{1,80}?)(?: (?:is|are|gets|get|to be))?"
    rf"(?: (?:added|put|placed|included|written|listed|noted|put down))? (?P<to>{_TO} {_LIST})$",
    re.I,
)
# "update my list with soap", "the list should contain soap"
_CONTAIN = re.compile(
    rf"(?:(?:update|extend|expand|supplement|fill|modify|change|edit|amend) (?P<list>{_LIST}) (?:with|to (?:include|add|have|contain)|by adding|so it (?:has|includes))"
    rf"|(?P<its>{_LIST}) (?:(?:should|must|needs to|has to) (?:also )?(?:contain|have|include|say)|needs|lacks|is missing)) (?P<what>.+?)"
    r"(?: added)?(?: (?:on|in|to) (?:it|there))?",
    re.I,
)
# "soap should go on the list", "could soap be added to my list"
_BELONGS = re.compile(
    rf"(?P<what>.{{1,80}}) (?:should|must|needs? to|has to|have to|ought to) (?:be (?:added|put|placed|listed|included) |be |go )(?P<to>{_TO} {_LIST})",
    re.I,
)
_COULD = re.compile(
    rf"(?:could|can|may) (?P<what>.{{1,80}}) (?:go|be (?:added|put|placed)) (?P<to>{_TO} {_LIST})", re.I
)
_SURE_TO = re.compile(
    rf"(?:make sure|be sure|remember|try|don't forget|do not forget)(?: to| you| that you)? (?={_ADD} .* {_TO} )", re.I
)


def straight(text: str) -> str:
    """The plain sentence `text` with a roundabout order made plain; `text` itself when it holds none."""
    if len(text) > _LONGEST or '"' in text:
        return text
    for form in (_sure, _entry, _front, _reasoned, _gone, _wanted, _embedded):
        if plain := form(text):
            return plain
    return text


def _sure(text: str) -> str | None:
    return text[found.end() :] if (found := _SURE_TO.match(text)) else None


def _entry(text: str) -> str | None:
    found = _ENTRY.fullmatch(text) or _AS_TASK.fullmatch(text)
    if not found:
        return None
    when = found.groupdict().get("when") or ""
    return f"add {found['what']} to {found['list'] or 'my list'}{when}"


def _front(text: str) -> str | None:
    found = _TURNED.fullmatch(text) or _FRONT.fullmatch(text)
    if not found or " list" not in f" {found['list']}":
        return None
    verb, where = found["verb"], found["list"]
    if verb[-4:].lower() in ("need", "want", "+"):
        verb = "add"
    joint = next((word for pattern, word in _JOINTS if pattern.fullmatch(verb)), "on")
    return f"{verb} {_ON_IT.sub('', found['rest'])} {joint} {where if ' ' in where else f'my {where}'}"


def _reasoned(text: str) -> str | None:
    if order := _ORDER.search(text):
        reason, verb, rest = text[: order.start()], order["verb"], order["rest"]
    elif order := _COMES_OFF.search(text):
        reason, verb, rest = text[: order.start()], "remove", f" from {order['list']}"
    else:
        return None
    if _WORLDLY.match(verb) and not scope.names_list(text):
        return None  # "I already have glue, so take it off"
    if not (found := _REASON.fullmatch(reason.strip(" ,"))):
        return None
    named = _SPARE_END.sub("", _SPARE_START.sub("", found["what"] or found["did"] or found["that"]))
    return f"{'add' if verb in _NOTED and not rest else verb} {named}{rest}"


def _gone(text: str) -> str | None:
    found = (
        _UNWANTED.fullmatch(text)
        or _HAVE_GONE.fullmatch(text)
        or _UNDO.fullmatch(text)
        or _NOT_IN.fullmatch(text)
        or _WITHOUT.fullmatch(text)
        or _NOT_ON.fullmatch(text)
    )
    if not found or _ASKING.match(found["what"]):
        return None
    return f"remove {found['what']} from {found['list']}"


def _embedded(text: str) -> str | None:
    found = _EMBEDDED.fullmatch(text)
    return found["order"] if found and not _NO_LEAD.search(found["lead"]) else None


def _wanted(text: str) -> str | None:
    if contained := _CONTAIN.fullmatch(text):
        return f"add {contained['what']} to {contained['list'] or contained['its']}"
    if could := _COULD.fullmatch(text):
        return f"add {could['what']} {could['to']}"
    found = _HAVE.fullmatch(text) or _BELONGS.fullmatch(text)
    return f"add {found['what']} {found['to']}" if found and not _ASKING.match(found["what"]) else None
