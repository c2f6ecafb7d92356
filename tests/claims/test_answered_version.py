"""Of which version of a claim an answer speaks, and how that is known."""

import pytest

from apps.claims.rules.answered_version import AnsweredVersion, SentVersion, VersionBasis, answered_version

FIRST, SECOND, THIRD = SentVersion(0, "1", "P1"), SentVersion(4, "7", "P2"), SentVersion(9, "7")
CASES = [
    pytest.param([FIRST], "7", "P9", AnsweredVersion(), id="one only"),
    pytest.param([FIRST, SECOND], "1", "", AnsweredVersion(0, VersionBasis.TOLD), id="told the first"),
    pytest.param([FIRST, SECOND], "7", "P1", AnsweredVersion(4, VersionBasis.TOLD), id="told the last"),
    pytest.param([FIRST, SECOND, THIRD], "7", "P2", AnsweredVersion(4, VersionBasis.NUMBER), id="its number"),
    pytest.param([FIRST, SECOND, THIRD], "7", "P9", AnsweredVersion(9, VersionBasis.LAST), id="an unknown number"),
    pytest.param([FIRST, SECOND, THIRD], "", "P1", AnsweredVersion(9, VersionBasis.LAST), id="nothing told"),
]


@pytest.mark.parametrize(("sent", "frequency", "number", "expected"), CASES)
def test_which_version_is_answered(
    sent: list[SentVersion], frequency: str, number: str, expected: AnsweredVersion
) -> None:
    assert answered_version(sent, frequency, number) == expected


def test_every_way_to_know_it_is_given_by_an_answer_or_by_a_person() -> None:
    given = {answered_version(*case.values[:3]).basis for case in CASES}
    assert given | {VersionBasis.PERSON} == set(VersionBasis)
