"""Which patterns of member IDs are taken."""

import pytest

from apps.practice.rules.member_patterns import pattern_problem


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "LP[0-9]{9}",
        r"[A-Z]{3}\d{6,9}",
        "[A-Z0-9]+",
        "(LP|LQ)[0-9]{9}",
        "(?:[A-Z]{2}-){2}[0-9]+",
        "([A-Z]+[0-9]*)?X",
        r"\(A+\)+",
        "[(A+)+]+",
        r"[^)\]]+",
        "(?P<plan>[A-Z]{3})[0-9]{4,}",
        "A(?=[0-9])[0-9]*",
    ],
)
def test_patterns_as_payers_print_them_are_taken(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "([A-Z0-9]+)+",
        "([A-Z]+[0-9]*)*",
        "(A|AA)+",
        "(?:[A-Z]{1,3}){1,9}",
        "((A+)B)*",
        "(A?B?){20}",
        "(([A-Z]|X))+",
        "(A+?)+-",
    ],
)
def test_a_repeated_group_of_varying_length_is_not(pattern: str) -> None:
    assert "repeats a group of varying length" in pattern_problem(pattern)


@pytest.mark.parametrize("pattern", ["LP[0-9", "A{9,2}", "(A", "A{99999999999999999999}"])
def test_what_is_no_regular_expression_is_not(pattern: str) -> None:
    assert "is not a regular expression" in pattern_problem(pattern)
