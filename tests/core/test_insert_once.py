from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from apps.connectors import journal, payloads
from apps.connectors.models import Transmission
from apps.core.insert_once import insert_once
from tests.locks import elsewhere


def row(now: datetime, payload: bytes = b"{}") -> Transmission:
    return Transmission(direction="in", kind="csv", vendor_key="V1", checksum="", payload=payload, size=2, at=now)


ONCE = ("connection", "kind", "vendor_key")


@pytest.mark.django_db
def test_a_new_row_bears_its_key_and_can_be_saved_on(now: datetime) -> None:
    brought = row(now, b"raw")
    assert insert_once(brought, once=ONCE)
    assert bytes(Transmission.objects.get(pk=brought.pk).payload) == b"raw"
    brought.state = "processed"
    brought.save()
    assert Transmission.objects.get().state == "processed"


@pytest.mark.django_db
def test_one_like_it_is_left_as_it_is_and_the_transaction_goes_on(now: datetime) -> None:
    insert_once(row(now, b"first"), once=ONCE)
    with transaction.atomic():
        again = row(now, b"second")
        assert not insert_once(again, once=ONCE)
        assert again.pk is None
        assert bytes(Transmission.objects.get().payload) == b"first"


@pytest.mark.django_db
def test_only_what_it_is_known_by_makes_it_known(now: datetime) -> None:
    first = row(now)
    insert_once(first, once=ONCE)
    other = row(now)
    other.public_id, other.vendor_key = first.public_id, "V2"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_once(other, once=ONCE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [2, payloads.FRAME + 1])
@pytest.mark.parametrize("kept", [True, False])
def test_what_another_brings_at_the_same_moment_is_waited_for(kept: bool, size: int, now: datetime) -> None:

    def bring() -> tuple[Transmission, bool]:
        return journal.receive(b"x" * size, kind="csv", vendor_key="V1", now=now)

    with transaction.atomic():
        _, is_new = bring()
        other = elsewhere(bring)
        assert (is_new, other.done()) == (True, False)
        transaction.set_rollback(not kept)
    answer, stored = other.result(), Transmission.objects.get()
    assert answer == (stored, not kept)
    assert stored.frames.count() == size // payloads.FRAME
