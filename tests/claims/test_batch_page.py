"""A file's page: the whole exchange about it, its bytes one click away, and what people decide."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Batch, BatchClaim, Claim
from apps.claims.services import (
    acknowledge_claims,
    batch_claims,
    release_batch,
    resolve_unknown_batch,
    submit_batch,
)
from apps.claims.services.resolve_batch import BatchNotOpenError
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from tests.claims.answers import f277ca, f999, ta1
from tests.claims.conftest import SignIn
from tests.claims.pages import HTMX, page
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, stored_file

pytestmark = pytest.mark.django_db
Clearinghouse = Callable[..., Connection]
HOUR = timedelta(hours=1)


def answered(payload: bytes, kind: str, now: datetime) -> None:
    journal.receive(payload, kind=kind, now=now, connection=Connection.objects.get(), name=f"{kind} of {now:%H%M}")
    assert acknowledge_claims(now=now).unreadable == 0


@pytest.fixture
def sent(clearinghouse: Clearinghouse, now: datetime) -> Batch:
    """Three claims; the first try met an outage."""
    clearinghouse(mood="down")
    for _ in range(3):
        ClaimFactory(status=ClaimStatus.READY)
    (public_id,) = batch_claims(now=now).batches
    submit_batch(batch_id=public_id, now=now)
    clearinghouse()
    submit_batch(batch_id=public_id, now=now + HOUR)
    return Batch.objects.get()


def told(batch: Batch) -> list[str]:
    return list(batch.events.values_list("what", flat=True))


@pytest.mark.long
def test_the_page_tells_the_exchange_from_the_file_to_the_remittance(
    sent: Batch, biller: Client, now: datetime
) -> None:
    good, bad, waits = Claim.objects.order_by("pk")
    answered(ta1(sent, "A", "000"), "TA1", now + HOUR)
    answered(f999(sent, "E"), "999", now + 2 * HOUR)
    hop = f277ca(
        (good.control_number, "A0:16:PR*20260917*WQ"),
        (bad.control_number, "A7:562:82*20260917*U"),
        (waits.control_number, "A1:19:PR*20260917*WQ"),
        reference=sent.reference,
    )
    answered(hop, "277CA", now + 3 * HOUR)
    accepted = f277ca((good.control_number, "A2:20:PR*20260918*WQ"), reference=sent.reference, role="PR")
    answered(accepted, "277CA", now + 4 * HOUR)
    assert told(sent) == [
        "Written, found sound by the guide's check, and stored.",
        "Try 1: The clearinghouse cannot be reached. It is tried again in 2 minutes.",
        f"It arrived. Sent to {sent.connection.name}.",
        "TA1: It was received.",
        "999: The file check accepted it. It has a remark.",
        "277CA of the clearinghouse: 1 rejected, 2 on the way.",
        "277CA of the payer: 1 accepted.",
    ]
    stored_file(payment(clp(good)))
    post_remittances(now=now + 30 * HOUR)
    text = page(biller, "claims:batch", sent.public_id)
    for words in (*told(sent), "835 ", f"{sent.interchange_number}", sent.reference, "Decided claims of this file"):
        assert words.replace("'", "&#x27;") in text, words
    (link,) = re.findall(r'href="(/remittances/[^"]+)"', text)
    assert biller.get(link).status_code == 200
    assert "277CA: Rejected by the clearinghouse. The rendering provider&#x27;s NPI is missing" in text
    assert "277CA: The clearinghouse: It was forwarded to another receiver (16)." in text
    assert "277CA: The clearinghouse: It was received (19)." in text


@pytest.mark.long
@pytest.mark.parametrize(
    ("answer", "number"), [("", 3), ("none", 1), ("rejected", 1), ("acknowledged", 1), ("late", 0)]
)
def test_its_claims_are_filtered_by_their_answer(answer: str, number: int, sent: Batch, biller: Client) -> None:
    keys = list(sent.members.order_by("pk").values_list("pk", flat=True))
    BatchClaim.objects.filter(pk=keys[0]).update(answer="rejected")
    BatchClaim.objects.filter(pk=keys[1]).update(answer="acknowledged")
    query = f"?answer={answer}" if answer else ""
    text = page(biller, "claims:batch", sent.public_id, query=query, headers=HTMX)
    assert text.count("data-row") == number
    assert ("No claim of this file has that answer" in text) == (number == 0)
    assert "<h1>" not in text


@pytest.mark.long
def test_the_file_and_its_answers_are_one_click_away_named_and_masked(
    sent: Batch, biller: Client, now: datetime
) -> None:
    answered(f999(sent, "A"), "999", now)
    member_id = Claim.objects.first().coverage.member_id
    text = page(biller, "claims:batch_file", sent.public_id, sent.transmission.public_id)
    assert "CLM, " in text
    assert member_id not in text
    read = AuditEvent.objects.filter(action="view", subject_kind="batch_file").latest("pk")
    assert len(read.patients) == 3
    event = sent.events.get(what__startswith="999")
    assert "AK9" in page(biller, "claims:batch_file", sent.public_id, event.transmission.public_id)
    other = BatchFactory()
    where = reverse("claims:batch_file", args=[other.public_id, sent.transmission.public_id])
    assert biller.get(where).status_code == 404


@pytest.mark.long
def test_a_long_file_is_read_so_many_segments_at_a_time(
    clearinghouse: Clearinghouse, biller: Client, now: datetime
) -> None:
    clearinghouse()
    for _ in range(20):
        ClaimFactory(status=ClaimStatus.READY)
    batch = Batch.objects.get(public_id=batch_claims(now=now).batches[0])
    names = (batch.public_id, batch.transmission.public_id)
    first = page(biller, "claims:batch_file", *names)
    assert "Segments 1 to 200" in first
    assert "first=201" in first
    second = page(biller, "claims:batch_file", *names, query="?first=201")
    assert "Segments 201 to" in second
    assert '?first=1"' in second
    assert "cannot be shown" not in second
    assert page(biller, "claims:batch_file", *names, query="?first=x")
    assert "no segment that can be shown" in page(biller, "claims:batch_file", *names, query="?first=99999")


@pytest.mark.long
def test_that_a_file_did_not_arrive_is_said_with_a_second_look(biller: Client, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.BATCHED)
    batch = BatchFactory(state=Batch.State.UNKNOWN, claims=[claim])
    assert "If this one is there after all, the payer gets them twice." in page(biller, "claims:batch", batch.public_id)
    person = UserFactory()
    with pytest.raises(BatchNotOpenError, match="how you know"):
        resolve_unknown_batch(batch_id=batch.public_id, arrived=False, acting_user=person, now=now)
    where = reverse("claims:batch_not_arrived", args=[batch.public_id])
    assert "Say how you know" in biller.post(where, {"note": " "}, follow=True).content.decode()
    done = biller.post(where, {"note": "Their desk has no such file."}, follow=True).content.decode()
    assert "It did not arrive: Their desk has no such file. 1 claim leaves with the next file." in done
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT


REJECTED = "A7:562:82*20260917*U"


@pytest.mark.long
def test_a_claim_rejected_for_a_reason_of_its_own_is_not_released_with_its_file(
    clearinghouse: Clearinghouse, biller: Client, now: datetime
) -> None:
    clearinghouse(mood="lost", lists=False)
    claim = ClaimFactory(status=ClaimStatus.READY)
    (key,) = batch_claims(now=now).batches
    submit_batch(batch_id=key, now=now)
    clearinghouse(lists=False)
    person = UserFactory()
    resolve_unknown_batch(batch_id=key, arrived=True, acting_user=person, now=now)
    file = Batch.objects.get()
    answered(f277ca((claim.control_number, REJECTED), reference=file.reference, role="PR"), "277CA", now + HOUR)
    file.refresh_from_db()
    assert file.state == Batch.State.REJECTED
    assert "Release its claims" not in page(biller, "claims:batch", key)
    with pytest.raises(BatchNotOpenError, match="exception queue"):
        release_batch(batch_id=key, acting_user=person, now=now + HOUR)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.REJECTED


@pytest.mark.long
def test_of_a_returned_file_only_what_came_back_with_it_is_released(sent: Batch, biller: Client, now: datetime) -> None:
    own, *others = Claim.objects.order_by("pk")
    answered(f277ca((own.control_number, REJECTED), reference=sent.reference), "277CA", now + HOUR)
    answered(ta1(sent, "R", "006"), "TA1", now + 2 * HOUR)
    assert "Release its claims" in page(biller, "claims:batch", sent.public_id)
    release_batch(batch_id=sent.public_id, acting_user=UserFactory(), now=now + 3 * HOUR)
    statuses = dict(Claim.objects.values_list("pk", "status"))
    assert statuses == {own.pk: ClaimStatus.REJECTED} | {claim.pk: ClaimStatus.DRAFT for claim in others}
    assert own.findings.get().rule == "RCV-CLAIM"


@pytest.mark.long
def test_what_came_back_with_a_file_is_released_though_a_payer_has_decided_another_of_it(
    sent: Batch, biller: Client, now: datetime
) -> None:
    decided, *others = Claim.objects.order_by("pk")
    stored_file(payment(clp(decided)))
    post_remittances(now=now + HOUR)
    answered(ta1(sent, "R", "006"), "TA1", now + 2 * HOUR)
    sent.refresh_from_db()
    assert sent.state == Batch.State.PARTLY_ACCEPTED
    assert "Release its claims" in page(biller, "claims:batch", sent.public_id)
    release_batch(batch_id=sent.public_id, acting_user=UserFactory(), now=now + 3 * HOUR)
    assert set(Claim.objects.filter(pk__in=[each.pk for each in others]).values_list("status", flat=True)) == {"draft"}


def test_the_list_counts_the_files_that_still_wait_for_a_decision(
    clearinghouse: Clearinghouse, biller: Client, now: datetime
) -> None:
    clearinghouse(mood="refuses")
    ClaimFactory(status=ClaimStatus.READY)
    (key,) = batch_claims(now=now).batches
    submit_batch(batch_id=key, now=now)
    assert "did not get through" in page(biller, "claims:batches")
    release_batch(batch_id=key, acting_user=UserFactory(), now=now)
    assert "did not get through" not in page(biller, "claims:batches")


@pytest.mark.long
@pytest.mark.parametrize("size", [2, 9])
def test_its_queries_do_not_grow_with_its_claims(
    size: int, clearinghouse: Clearinghouse, biller: Client, now: datetime, django_assert_max_num_queries
) -> None:
    clearinghouse()
    for _ in range(size):
        ClaimFactory(status=ClaimStatus.READY)
    (public_id,) = batch_claims(now=now).batches
    submit_batch(batch_id=public_id, now=now)
    answered(f999(Batch.objects.get(), "A"), "999", now)
    with django_assert_max_num_queries(24):
        page(biller, "claims:batch", public_id)


@pytest.mark.long
@pytest.mark.parametrize(("role", "status"), [(Role.BILLER, 200), (Role.CODER, 200), (Role.FRONT_DESK, 403)])
def test_who_may_read_a_file(role: Role, status: int, signed_in: SignIn, sent: Batch) -> None:
    client = signed_in(role)
    where = reverse("claims:batch_file", args=[sent.public_id, sent.transmission.public_id])
    assert client.get(where).status_code == status
    assert client.get(reverse("claims:batch", args=[sent.public_id])).status_code == status
