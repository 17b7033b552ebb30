"""The scripts keep to what macOS's bash 3.2 knows.

That shell is not to be had on Linux, so the test looks for what later versions added (bash's CHANGES and COMPAT files),
and for what bash 3.2 itself gets wrong.
"""

import re

import pytest
from conftest import ROOT

SCRIPTS = [*sorted((ROOT / "scripts").glob("**/*.sh")), *sorted((ROOT / "roles").glob("*/files/*.sh"))]

NEWER = {
    "associative arrays (4.0)": r"\b(declare|local|typeset)\s+-[a-zA-Z]*A",
    "declare -g, -n, -l, -u (4.0 to 4.3)": r"\b(declare|local|typeset)\s+-[a-zA-Z]*[gnlu]",
    "mapfile and readarray (4.0)": r"\b(mapfile|readarray)\b",
    "coproc (4.0)": r"\bcoproc\b",
    "${x,,} and ${x^^} (4.0)": r"\$\{\w+(\[[^]]*\])?(,|\^)",
    "${x@Q} (4.4)": r"\$\{\w+(\[[^]]*\])?@[A-Za-z]\}",
    "&>> (4.0)": r"&>>",
    "|& (4.0)": r"\|&",
    ";& and ;;& (4.0)": r";;?&(?!&)",
    "test -v (4.2)": r"\[\[?\s+-v\s",
    "printf %(time)T (4.2)": r"%\([^)]*\)T",
    "negative indices (4.3)": r"\[-\d+\]",
    "wait -n (4.3)": r"\bwait\s+-n\b",
    "{fd}> (4.1)": r"\bexec\s+\{\w+\}",
    "{01..10} and {1..9..2} (4.0)": r"\{0\d+\.\.|\{\w+\.\.\w+\.\.",
    "read -t with a fraction, read -i and -N (4.0)": r"\bread\s+[^;\n]*-(t\s*\d*\.\d|i\s|N\s)",
    "options of later versions": r"\bshopt\s+-s\s+\S*(globstar|lastpipe|inherit_errexit|autocd|dirspell|globasciiranges|localvar_inherit|assoc_expand_once)",
    "variables of later versions": r"\$\{?(BASHPID|EPOCHSECONDS|EPOCHREALTIME|SRANDOM|BASH_XTRACEFD|READLINE_LINE)\b",
    "$'\\u' (4.2)": r"\$'[^']*\\[uU]",
    "a case inside $( ), which 3.2 cannot parse": r"\$\([^()\n]*\bcase\b[^()\n]*\bin\b",
    "an array that may be empty under set -u (an error before 4.4)": r"=\(\s*\)",
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_uses_nothing_newer_than_bash_3_2(script):
    for number, line in enumerate(script.read_text().splitlines(), 1):
        code = re.sub(r"(^|\s)#.*", "", line)
        for what, pattern in NEWER.items():
            assert not re.search(pattern, code), f"{script.name}:{number}: {what}: {line.strip()}"


@pytest.mark.parametrize(
    "line",
    [
        "declare -A ports",
        "local -n target=$1",
        "mapfile -t lines < file",
        "echo ${name^^}",
        'echo "${all[@]@Q}"',
        "make &>> log",
        "make |& tee log",
        "[[ -v name ]]",
        'echo "${list[-1]}"',
        "read -r -t 0.5 answer",
        'x=$(case "$1" in a) echo b ;; esac)',
        "list=()",
    ],
)
def test_what_is_newer_is_found(line):
    assert any(re.search(pattern, line) for pattern in NEWER.values())
