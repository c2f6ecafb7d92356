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
        "(?i)lp[0-9]{9}",
        "(?i:lp)[0-9]{9}",
        r"[A-Z]*[0-9]+[A-Z]*",
        r"[A-Z]{1,3}\d{6,9}[A-Z]?\d{0,2}-?\d{1,2}",
        r"[A-Z]+?[0-9]++-.*?",
        r"W\d+|R\d+|[A-Z]{3}\d+|\d{9,}|MB[A-Z]*",
        r"\(?x\)+",
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


@pytest.mark.parametrize(
    "pattern",
    [
        r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)\d",
        r".*.*.*.*\d",
        "[A-Z]+[A-Z]*[A-Z]{1,}[A-Z]{2,}-",
        r".{0,40}.{0,40}.{0,40}.{0,40}\d",
        r".{0,9}.{0,9}.{0,9}.{0,9}.{0,9}.{0,9}\d",
        "A?" * 20 + "-",
        "(A|B+)(A|B+)(A|B+)(A|B+)-",
    ],
)
def test_a_pattern_that_can_fit_in_too_many_ways_is_not(pattern: str) -> None:
    assert "can fit one ID in too many ways" in pattern_problem(pattern)


@pytest.mark.parametrize("pattern", ["(?x)( [A-Z]+ ) +", "(?ix)A+", "(?x: ( A+ ) + )", "A(?#(any)+", "(A)(?(1)B|C)"])
def test_a_pattern_with_flags_or_comments_is_not(pattern: str) -> None:
    """With `x` a space stands between a group and its repetition, and is none of the pattern."""
    assert "(?i)" in pattern_problem(pattern)
