"""`make check` runs all of its checks and fails with any of them; the laws that need no database are among them."""

import pytest

from scripts import check


def test_one_that_fails_is_told_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ("laws", ["python", "-c", "print('a broken law'); raise SystemExit(1)"], {})
    sound = ("lint", ["python", "-c", "print('nothing to tell')"], {})
    monkeypatch.setattr(check, "CHECKS", [broken, sound])
    assert check.main() == 1
    said = capsys.readouterr().out
    assert "laws          FAILED" in said
    assert "a broken law" in said
    assert "lint          ok" in said
    assert "nothing to tell" not in said
    assert said.endswith("check: failed: laws\n")
    monkeypatch.setattr(check, "CHECKS", [sound])
    assert check.main() == 0


def test_the_laws_are_among_them_and_ask_no_database() -> None:
    (environment,) = (variables for name, argv, variables in check.CHECKS if "tests/house" in argv)
    assert environment["DATABASE_URL"] == "postgres:///none"
