"""Which ways a payer takes a correction by: a table, and what its answer says of it."""

import pytest

from apps.claims.rules.correction_routes import CORRECTABLE, Answered, Way, not_now, offers
from apps.claims.rules.versions import changes
from apps.claims.states import IN_FLIGHT, ClaimStatus


def claim(**changed: object) -> Answered:
    facts = {
        "status": ClaimStatus.DENIED,
        "payer": "Lone Prairie",
        "route": "replacement",
        "filing_indicator": "CI",
        "payer_claim_number": "P77",
    }
    return Answered(**(facts | changed))


@pytest.mark.parametrize(
    ("facts", "open_ways", "words"),
    [
        ({}, [Way.REPLACEMENT, Way.VOID], "by its own number, P77"),
        ({"payer_claim_number": ""}, [], "Enter it from the remittance first"),
        ({"route": "new_claim"}, [Way.NEW_CLAIM], "takes corrections as new claims"),
        ({"route": "reopening"}, [Way.REOPENING], "portal, phone or form"),
        ({"filing_indicator": "MB"}, [Way.REOPENING], "takes no replacement claims"),
        ({"filing_indicator": "MB", "unprocessable": True}, [Way.NEW_CLAIM], "the refused lines only"),
        ({"asks_for_new": True}, [Way.NEW_CLAIM], "N142"),
        ({"route": "reopening", "asks_for_new": True}, [Way.NEW_CLAIM], "N142"),
        ({"status": ClaimStatus.REVERSED}, [Way.NEW_CLAIM], "took its answer back"),
        ({"status": ClaimStatus.PATIENT_BALANCE}, [Way.REPLACEMENT, Way.VOID], "P77"),
    ],
)
def test_the_way_follows_from_the_payer_and_its_answer(facts: dict[str, object], open_ways, words: str) -> None:
    found = offers(claim(**facts))
    assert [offer.way for offer in found if offer.is_open] == open_ways
    assert words in found[0].why
    assert all(offer.why for offer in found)


@pytest.mark.parametrize("status", sorted(set(ClaimStatus) - CORRECTABLE))
def test_before_an_answer_and_after_the_end_nothing_is_corrected(status: ClaimStatus) -> None:
    assert offers(claim(status=status)) == ()
    assert ("pending" in not_now(claim(status=status))) == (status in IN_FLIGHT | {ClaimStatus.FORWARDED})
    assert not_now(claim(status=status))


def test_what_changed_between_two_versions_is_told_field_by_field() -> None:
    line = {"number": 1, "procedure": "99213", "modifiers": [], "units": "1", "left_out": False}
    before = {"frequency": "1", "diagnoses": ["J069"], "lines": [line]}
    after = {"frequency": "7", "diagnoses": ["J069"], "lines": [line | {"modifiers": ["25"], "left_out": True}]}
    assert changes(before, after) == [
        ("Frequency", "1", "7"),
        ("Modifiers of line 1", "none", "25"),
        ("Left out of line 1", "no", "yes"),
    ]
    assert changes(before, before) == []
