"""Columns that a file has and nobody reads are named."""

import pytest

from apps.core.column_names import header_problem, like_ours, named_columns, unread_columns

OURS = ("name", "claims_enrollment", "modifiers")
_DO = "Rename or take out what is not to be read. The columns are name, claims_enrollment, modifiers."


def test_what_differs_in_capitals_alone_is_read_and_a_nameless_column_is_none() -> None:
    assert unread_columns(["Name", " NAME ", "", "Remarks"], OURS) == ["Remarks"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("claims_enrolment", "claims_enrollment"), ("Modifier", "modifiers"), ("remarks", ""), ("", "")],
)
def test_a_column_that_looks_like_ours_is_asked_about(name: str, meant: str) -> None:
    assert like_ours(name, OURS) == meant


def test_columns_are_named_with_what_they_may_mean() -> None:
    assert named_columns(["modifier", "remarks"], OURS) == "modifier (modifiers?), remarks"


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (["name", ""], ""),
        (
            ["name", "claims_enrolment"],
            f"This column is not known: claims_enrolment (claims_enrollment?). {_DO}",
        ),
        (
            ["name", "a", "b"],
            f"These columns are not known: a, b. {_DO}",
        ),
        (["name", "modifiers", " Name"], "The column name stands twice. Take one of the two out."),
    ],
)
def test_a_header_of_our_own_has_our_columns_once(header: list[str], problem: str) -> None:
    assert header_problem(header, OURS) == problem
