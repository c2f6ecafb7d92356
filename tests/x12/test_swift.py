"""Records made in bulk are the records."""

import pickle
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest

from apps.x12.guides.x835 import Adjustment
from apps.x12.swift import swift, twin

RECORD = Adjustment("CO", "45", Decimal(25), None, 7)


def test_a_record_made_swiftly_is_the_record() -> None:
    made = swift(Adjustment)("CO", "45", Decimal(25), None, 7)
    assert type(made) is Adjustment
    assert (made, hash(made), repr(made)) == (RECORD, hash(RECORD), repr(RECORD))
    assert replace(made, reason="97").reason == "97"
    assert pickle.loads(pickle.dumps(made)) == RECORD  # noqa: S301  our own bytes


def test_what_is_not_given_has_its_default() -> None:
    made = swift(Adjustment)("CO", "45", amount=Decimal(25))
    assert (made.quantity, made.segment) == (None, 0)


def test_it_is_frozen() -> None:
    made = swift(Adjustment)("CO", "45", Decimal(25))
    with pytest.raises(FrozenInstanceError):
        made.reason = "97"  # type: ignore[misc]


def test_a_twin_can_be_filled_until_it_becomes_the_record() -> None:
    made = twin(Adjustment)()
    made.group, made.reason, made.amount, made.quantity, made.segment = "CO", "", Decimal(25), None, 7
    made.reason = "45"
    made.__class__ = Adjustment
    assert (made, made.segment) == (RECORD, 7)
    with pytest.raises(FrozenInstanceError):
        made.reason = "97"
