import sys
from collections.abc import Callable
from datetime import datetime

import pytest

from apps.claims.models import Batch, BatchClaim, Claim
from apps.claims.services import batch_claims
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection, Transmission
from apps.connectors.registry import NoConnectionError
from apps.x12 import read
from tests.factories.claims import ClaimFactory
from tests.factories.practice import PracticeFactory

Clearinghouse = Callable[..., Connection]
# The verb has its module's name.
batch_claims_module = sys.modules[batch_claims.__module__]


def test_all_ready_claims_travel_in_one_stored_file(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse()
    claims = [ClaimFactory(status=ClaimStatus.READY) for _ in range(3)]
    result = batch_claims(now=now)
    batch = Batch.objects.get()
    assert (result.claims, result.batches, result.held) == (3, (batch.public_id,), 0)
    assert (batch.state, batch.claim_count, batch.total) == (Batch.State.WRITTEN, 3, sum(c.total for c in claims))
    stored = batch.transmission
    assert (stored.kind, stored.state, stored.direction) == ("837P", Transmission.State.STORED, "out")
    assert stored.name == f"TL{batch.interchange_number:09d}.CLP"
    body = next(read(stored.payload).transactions).body
    assert [claim.control_number for claim in body.claims] == [claim.control_number for claim in claims]
    assert body.reference == batch.reference
    assert set(Claim.objects.values_list("status", flat=True)) == {ClaimStatus.BATCHED}


def test_a_claim_in_flight_is_in_no_second_file(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse()
    ClaimFactory(status=ClaimStatus.READY)
    batch_claims(now=now)
    assert batch_claims(now=now).batches == ()
    assert BatchClaim.objects.count() == 1


def test_control_numbers_never_repeat(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse()
    for _ in range(2):
        ClaimFactory(status=ClaimStatus.READY)
        batch_claims(now=now)
    first, second = Batch.objects.order_by("pk")
    assert second.interchange_number > first.interchange_number
    assert second.group_number > first.group_number
    assert first.reference != second.reference
    assert first.transaction_number != second.transaction_number


def test_a_claim_that_the_guide_refuses_is_taken_out_and_the_rest_goes(
    clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse()
    sound = ClaimFactory(status=ClaimStatus.READY)
    bad = ClaimFactory(status=ClaimStatus.READY, encounter__coverage__payer__claims_id="X")
    result = batch_claims(now=now)
    assert (result.claims, result.held) == (1, 1)
    bad.refresh_from_db()
    assert (bad.status, bad.findings.get().rule) == (ClaimStatus.EXCEPTION, "WF-X12-GUIDE")
    assert bad.work_item is not None
    assert Batch.objects.get().members.get().claim == sound


def test_a_claim_that_cannot_be_written_is_taken_out_and_the_rest_goes(
    clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse()
    ClaimFactory(status=ClaimStatus.READY)
    ClaimFactory(status=ClaimStatus.READY, encounter__coverage__member_id="A*B")
    result = batch_claims(now=now)
    assert (result.claims, result.held) == (1, 1)


def test_when_no_claim_is_sound_no_file_is_written(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse()
    ClaimFactory(status=ClaimStatus.READY, encounter__coverage__payer__claims_id="X")
    assert batch_claims(now=now).batches == ()
    assert not Transmission.objects.exists()


def test_nothing_ready_needs_no_clearinghouse(db: None, now: datetime) -> None:
    assert batch_claims(now=now).claims == 0


def test_without_a_clearinghouse_a_sentence_says_where_to_connect_one(db: None, now: datetime) -> None:
    PracticeFactory()
    ClaimFactory(status=ClaimStatus.READY)
    with pytest.raises(NoConnectionError, match="Settings, Connections"):
        batch_claims(now=now)


@pytest.mark.long
def test_a_file_of_more_claims_costs_no_more_queries(
    clearinghouse: Clearinghouse, now: datetime, django_assert_max_num_queries
) -> None:
    clearinghouse()
    for _ in range(8):
        ClaimFactory(status=ClaimStatus.READY)
    with django_assert_max_num_queries(36):
        batch_claims(now=now)


def test_a_file_holds_so_many_claims_at_most_and_the_next_one_the_rest(
    clearinghouse: Clearinghouse, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert batch_claims_module.MOST_CLAIMS == 5000
    monkeypatch.setattr(batch_claims_module, "MOST_CLAIMS", 2)
    clearinghouse()
    claims = [ClaimFactory(status=ClaimStatus.READY) for _ in range(5)]
    result = batch_claims(now=now)
    assert (result.claims, len(result.batches)) == (5, 3)
    batches = list(Batch.objects.order_by("pk"))
    assert [batch.claim_count for batch in batches] == [2, 2, 1]
    inside = []
    for batch in batches:
        (interchange,) = read(batch.transmission.payload).interchanges
        (transaction,) = interchange.groups[0].transactions
        inside += [claim.control_number for claim in transaction.body.claims]
        assert interchange.receiver_id == "CLEARINGHOUSE"
    assert inside == [claim.control_number for claim in claims]
