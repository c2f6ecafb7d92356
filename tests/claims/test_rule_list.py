"""The documented list of rules is the list of rules: each id with its effect, none that is not there."""

import re
from pathlib import Path

import pytest

from apps.claims.rules.findings import Rule, Severity
from apps.claims.rules.registry import BY_CODE

LIST = Path(__file__).parents[2] / "docs" / "scrubbing-rules.md"
ROW = re.compile(
    r"^\| `(?P<id>[A-Z0-9-]+)` \| (?P<catches>[^|]+) \| (?P<effect>[^|]+) \| (?P<source>[^|]+) \|$", re.MULTILINE
)
DOCUMENTED = {row["id"]: row for row in ROW.finditer(LIST.read_text())}


def effect(rule: Rule) -> str:
    words = {Severity.BLOCK: "stops", Severity.WARN: "warns", Severity.INFO: "tells"}[rule.severity]
    return words + "; coder" * rule.clinical + "; may go" * (rule.overridable and rule.severity is Severity.BLOCK)


def test_every_rule_stands_in_the_list_and_nothing_else() -> None:
    assert set(DOCUMENTED) == set(BY_CODE)


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_the_list_says_what_the_rule_does(code: str) -> None:
    assert DOCUMENTED[code]["effect"].strip() == effect(BY_CODE[code])
    assert DOCUMENTED[code]["source"].strip()
