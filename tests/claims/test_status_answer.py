"""A payer's 277 in plain words: by category, and what asks for most where it says several things."""

from datetime import date
from decimal import Decimal

import pytest

from apps.claims.rules.status_answer import StatusOutcome, claim_status, status_answer
from apps.x12.guides.statuses import LineStatus, Status, StatusCode
from apps.x12.guides.x277 import ClaimStatus

SAYS = StatusOutcome


def said(category: str, code: str = "", **more: object) -> Status:
    return Status(codes=(StatusCode(category, code),), **more)


@pytest.mark.parametrize(
    ("category", "outcome", "words"),
    [
        ("A0", SAYS.WITH_THEM, "passed on"),
        ("A1", SAYS.WITH_THEM, "received"),
        ("A2", SAYS.WITH_THEM, "accepted"),
        ("A3", SAYS.REJECTED, "sent back"),
        ("A4", SAYS.NOT_FOUND, "do not find"),
        ("A5", SAYS.WITH_THEM, "split"),
        ("A6", SAYS.REJECTED, "missing"),
        ("A7", SAYS.REJECTED, "not valid"),
        ("A8", SAYS.REJECTED, "fit together"),
        ("D0", SAYS.NOT_FOUND, "found nothing"),
        ("P1", SAYS.WITH_THEM, "being decided"),
        ("P3", SAYS.MORE_WANTED, "asked for"),
        ("P9", SAYS.WITH_THEM, "waits for a decision"),
        ("F0", SAYS.DECIDED, "decided"),
        ("F2", SAYS.DECIDED, "denied"),
        ("F3F", SAYS.DECIDED, "passed on to another payer"),
        ("F4", SAYS.DECIDED, "nothing will be paid"),
        ("R4", SAYS.MORE_WANTED, "wants more"),
        ("E1", SAYS.NOT_ANSWERED, "could not answer"),
        ("Z9", SAYS.NOT_ANSWERED, "cannot read"),
        ("", SAYS.NOT_ANSWERED, "cannot read"),
    ],
)
def test_each_category_has_its_outcome_and_its_words(category: str, outcome: StatusOutcome, words: str) -> None:
    found = status_answer([said(category)], 7)
    assert (found.outcome, words in found.sentence) == (outcome, True), found


def test_a_payment_is_named_by_amount_check_and_day() -> None:
    paid = said("F1", paid=Decimal("80.00"), method="ach", check_number="EFT77", paid_on=date(2026, 9, 20))
    assert status_answer([paid], 7).sentence == (
        "It is decided and paid. They paid $80.00 by ACH EFT77 on Sep 20, 2026."
    )


def test_of_several_answers_the_one_that_asks_for_most_decides() -> None:
    found = status_answer([said("P1", "20"), said("A7", "562"), said("A2")], 7)
    assert (found.outcome, "562" in found.sentence, "being decided" in found.sentence) == (SAYS.REJECTED, True, False)


def test_a_claim_of_which_only_lines_are_spoken_is_read_by_its_lines() -> None:
    claim = ClaimStatus(trace_number="T", statuses=(), lines=(LineStatus(statuses=(said("P3"),)),), segment=9)
    assert claim_status(claim).outcome is SAYS.MORE_WANTED
    assert claim_status(ClaimStatus(trace_number="T", statuses=(), segment=9)).outcome is SAYS.NOT_ANSWERED


def test_a_number_in_their_own_words_is_masked() -> None:
    assert "123456789" not in status_answer([said("A4", message="NO CLAIM OF 123456789")], 7).sentence
