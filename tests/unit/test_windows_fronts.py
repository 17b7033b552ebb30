"""The .bat files: what can be seen without Windows. scripts/campaign.sh windows runs them under Wine."""

import re
import subprocess

import pytest
from conftest import ROOT

FRONTS = sorted((ROOT / "scripts").glob("*.bat"))
HELPER = ROOT / "scripts" / "lib" / "wsl.bat"
GUIDE = "docs\\INSTALL-WINDOWS.md"


def faults(name: str, raw: bytes) -> list[str]:
    """What is wrong with a front, by its name without the ending."""
    found = []
    if b"\r" in raw.replace(b"\r\n", b"") or raw.count(b"\n") != raw.count(b"\r\n") or not raw.endswith(b"\r\n"):
        found.append("its lines do not all end with CR LF")
    if not raw.isascii():
        found.append("it holds more than ASCII, which cmd reads by the machine's code page")
    text = raw.decode("ascii", "replace").replace("\r\n", "\n")
    if re.findall(r"scripts/([\w-]+)\.sh", text.split("setlocal")[-1]) != [name]:
        found.append("it does not run the script of its name")
    if [match for match in re.finditer(r"%~dp0", text) if not _quoted(text, match.start())]:
        found.append("a path below %~dp0 is not quoted")
    if not re.search(r"(?m)^wsl\.exe .* %\*$", text):
        found.append("it does not pass its arguments on")
    if not text.endswith("\nexit /b %errorlevel%\n"):
        found.append("it does not end with the script's code")
    return found


def _quoted(text: str, position: int) -> bool:
    """Whether what stands there is inside double quotes of its line."""
    return text[text.rfind("\n", 0, position) + 1 : position].count('"') % 2 == 1


def test_there_are_all():
    wanted = {"docker-build", "docker-start", "docker-stop", "health-check", "k8s-deploy", "k8s-status"}
    assert wanted <= {path.stem for path in FRONTS}


@pytest.mark.parametrize("front", FRONTS, ids=lambda path: path.name)
def test_a_front_is_right(front):
    assert (front.with_suffix(".sh")).is_file()
    assert faults(front.stem, front.read_bytes()) == []
    assert len(front.read_text().splitlines()) <= 8


GOOD = (
    b'@echo off\r\nsetlocal\r\ncall "%~dp0lib\\wsl.bat"\r\nif not "%errorlevel%"=="0" exit /b 1\r\n'
    b'wsl.exe --cd "%~dp0.." --exec bash --login scripts/docker-stop.sh %*\r\nexit /b %errorlevel%\r\n'
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"\r\n", b"\n", "CR LF"),
        (b"@echo off\r\n", b"@echo off\n", "CR LF"),
        (b"setlocal", "rem ä".encode(), "ASCII"),
        (b"docker-stop.sh", b"docker-start.sh", "script of its name"),
        (b'"%~dp0.."', b"%~dp0..", "not quoted"),
        (b'"%~dp0lib\\wsl.bat"', b'"" %~dp0lib\\wsl.bat', "not quoted"),
        (b" %*", b" %1 %2", "arguments"),
        (b"exit /b %errorlevel%", b"exit /b 0", "script's code"),
    ],
)
def test_what_is_wrong_is_found(old, new, fault):
    assert faults("docker-stop", GOOD) == []
    assert any(fault in found for found in faults("docker-stop", GOOD.replace(old, new)))


def test_the_helper_says_what_is_missing_and_what_to_do():
    raw = HELPER.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    text = raw.decode("ascii")
    labels = set(re.findall(r"(?m)^:(\w+)\r$", text))
    assert set(re.findall(r"goto (\w+)", text)) == labels
    for block in re.split(r"(?m)^:\w+\r$", text)[1:]:
        what, step, end = block.strip().splitlines()
        assert what.endswith(" 1>&2")
        assert step.startswith("echo Next step: ")
        assert step.endswith(f"see {GUIDE} 1>&2")
        assert end == "exit /b 1"
    assert (ROOT / GUIDE.replace("\\", "/")).is_file()


def test_the_variables_that_the_scripts_read_come_with():
    passed = set(re.findall(r"TODO_\w+", HELPER.read_text()))
    assert passed == set(re.findall(r"\bTODO_[A-Z]+\b", (ROOT / "scripts" / "lib" / "k8s.sh").read_text()))


def test_git_keeps_the_line_ends():
    names = ["scripts/docker-stop.bat", "scripts/lib/wsl.bat", "scripts/docker-stop.sh", ".ci/run"]
    done = subprocess.run(
        ["git", "check-attr", "eol", "--", *names], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ends = [line.rpartition(": ")[2] for line in done.stdout.splitlines()]
    assert ends == ["crlf", "crlf", "lf", "lf"]
