"""The counts that scripts/test.sh ends with come from what the tools really print."""

import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import checks
from checks import Count

PRINTED = {
    "pytest": ("collected 3 items\n\n===== 2 passed, 1 skipped in 0.31s =====\n", Count(2, 0)),
    "pytest -q": ("..F\n1 failed, 2 passed, 1 error in 0.31s\n", Count(2, 2)),
    "vitest": (
        "\x1b[2m Test Files \x1b[22m 2 passed (2)\n\x1b[2m      Tests \x1b[22m 1 failed | 20 passed (21)\n",
        Count(20, 1),
    ),
    "ours": ("FAILED: a thing\n34 passed, 1 failed\n", Count(34, 1)),
    "nothing": ("the container did not start\n", Count(0, 1)),
}


@pytest.mark.parametrize("tool", PRINTED)
def test_a_summary_is_counted(tool, tmp_path):
    text, count = PRINTED[tool]
    log = tmp_path / "log"
    log.write_text(text)
    assert checks.summary(log) == count


def test_molecule_s_recap_is_counted(tmp_path):
    log = tmp_path / "log"
    log.write_text("compose                   : actions=6  successful=3  disabled=0  skipped=0  missing=2  failed=1\n")
    assert checks.molecule_actions(log) == Count(3, 1)
    log.write_text("CRITICAL no such scenario\n")
    assert checks.molecule_actions(log) == Count(0, 1)


def test_a_junit_report_is_counted_and_a_missing_one_is_a_failure(tmp_path):
    report = tmp_path / "report.xml"
    cases = "<testcase/><testcase><skipped/></testcase><testcase><failure/></testcase><testcase><error/></testcase>"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    assert checks.junit(report)(tmp_path) == Count(1, 2)
    assert checks.junit(tmp_path / "none.xml")(tmp_path) == Count(0, 1)


def test_a_command_that_fails_is_a_failure_whatever_was_counted(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checks, "LOGS", tmp_path)
    run = checks.Run()
    run.check("good", ["true"], counted=lambda _log: Count(3, 0))
    with pytest.raises(checks.CheckFailedError, match="said before it died"):
        run.check("bad", ["sh", "-c", "echo said before it died; exit 3"], counted=lambda _log: Count(2, 0))
    assert run.count == Count(5, 1)
    assert "FAILED" in capsys.readouterr().out


def test_an_unknown_phase_is_refused(capsys):
    assert checks.main(["units"]) == 2
    assert "units is no phase; known: lint, unit" in capsys.readouterr().err
