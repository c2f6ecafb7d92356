"""An answer file whose end is missing: what is whole in it counts, nothing of what is open does, and one person asks for it again."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Batch, Claim
from apps.claims.rules.cut_file import cut_sentence, whole_body
from apps.claims.services import acknowledge_claims
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.worklist.models import WorkItem
from apps.x12 import read, write_277
from apps.x12.guides.x277 import ClaimStatusResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment
from apps.x12.guides.x277ca import ClaimStatus as ListedClaim
from tests.claims.answers import f277ca, f999, ta1
from tests.x12.examples import envelope
from tests.x12.test_claim_status import status_response

ACCEPTED, REJECTED = "A2:20:PR*20260917*WQ", "A3:562:82*20260917*U"


def came(payload: bytes, kind: str, now: datetime) -> Transmission:
    file, _ = journal.receive(
        payload, kind=kind, now=now, name=f"{now:%d-%H}.{kind}", connection=Connection.objects.get()
    )
    acknowledge_claims(now=now)
    file.refresh_from_db()
    return file


def statuses() -> list[str]:
    return list(Claim.objects.order_by("pk").values_list("status", flat=True))


def test_of_a_cut_277ca_the_whole_claims_count_and_the_whole_file_brings_the_rest(
    batch: Batch, now: datetime, biller: Client
) -> None:
    said = [(claim.control_number, ACCEPTED) for claim in Claim.objects.order_by("pk")]
    whole = f277ca(*said, reference=batch.reference)
    file = came(whole[: whole.index(b"REF*1K*PAYER6")], "277CA", now + timedelta(hours=1))
    assert statuses() == ["acknowledged", "acknowledged", "submitted"]
    assert file.state == Transmission.State.FAILED
    assert file.problem == (
        "It is cut off after segment 30 (STC), in transaction 0001, and its end (SE) is missing. "
        "What stands whole before was taken in, nothing behind."
    )
    item = WorkItem.objects.get(subject_public_id=file.public_id)
    assert item.title == (
        f"Look into the answer file {file.name}: it is cut off after segment 30 (STC), in transaction 0001, and its end (SE) is missing"
    )
    page = biller.get(reverse("claims:answer", args=[file.public_id])).content.decode()
    assert "for the whole file again" in page
    assert "No claim was changed by it" not in page
    assert came(whole, "277CA", now + timedelta(hours=2)).state == Transmission.State.PROCESSED
    assert statuses() == ["acknowledged"] * 3


@pytest.mark.parametrize("end", ["AK9*", "SE*6", "IK5*"])
def test_a_cut_999_refuses_nothing(end: str, batch: Batch, now: datetime) -> None:
    whole = f999(batch, "R")
    file = came(whole[: whole.index(end.encode())], "999", now + timedelta(hours=1))
    assert statuses() == ["submitted"] * 3
    assert file.problem.endswith("and its end (SE) is missing. Nothing in it is whole.")
    assert WorkItem.objects.filter(subject_public_id=file.public_id, state="open").count() == 1


def test_a_transaction_that_is_whole_counts_though_the_file_has_no_end(batch: Batch, now: datetime) -> None:
    whole = f999(batch, "A")
    file = came(whole[: whole.index(b"GE*")], "999", now + timedelta(hours=1))
    assert statuses() == ["acknowledged"] * 3
    assert "its end (GE) is missing" in file.problem


def test_a_ta1_that_ends_the_file_is_not_taken_at_its_half_word(batch: Batch, now: datetime) -> None:
    whole = ta1(batch, "R", "025")
    file = came(whole[: whole.index(b"25~IEA")], "TA1", now + timedelta(hours=1))
    assert statuses() == ["submitted"] * 3
    assert file.state == Transmission.State.FAILED


def test_wherever_a_277ca_is_cut_nothing_is_taken_that_the_whole_does_not_say() -> None:
    three = (("A1", ACCEPTED), ("B2", REJECTED), ("C3", ACCEPTED))
    whole = f277ca(*three, reference="REF7", provider=REJECTED, top=REJECTED)
    known, counts = _listed(whole), set()
    for at in range(whole.index(b"GS*"), whole.index(b"IEA*")):
        found = _listed(whole[:at])
        assert found == known[: len(found)], at
        assert cut_sentence(read(whole[:at]), taken=True), at
        counts.add(len(found))
    assert counts == {0, 1, 2, 3}
    (body,) = (whole_body(each) for each in read(whole[: whole.index(b"NM1*QC")]).transactions)
    assert isinstance(body, ClaimAcknowledgment)
    above = [body.receivers[0], *body.receivers[0].providers]
    assert [each.rejected for each in above] == [False, False]


def _listed(payload: bytes) -> list[tuple[str, ListedClaim]]:
    bodies = [whole_body(each) for each in read(payload).transactions]
    receivers = [each for body in bodies if isinstance(body, ClaimAcknowledgment) for each in body.receivers]
    return [(each.batch_reference, claim) for each in receivers for part in each.providers for claim in part.claims]


def test_wherever_a_277_is_cut_nothing_is_taken_that_the_whole_does_not_say() -> None:
    whole = write_277(status_response(), envelope())
    known, counts = _answered(whole), set()
    for at in range(whole.index(b"GS*"), whole.index(b"IEA*")):
        found = _answered(whole[:at])
        assert found == known[: len(found)], at
        counts.add(len(found))
    assert counts == set(range(len(known) + 1))
    assert len(known) > 1


def _answered(payload: bytes) -> list[object]:
    bodies = [whole_body(each) for each in read(payload).transactions]
    return [claim for body in bodies if isinstance(body, ClaimStatusResponse) for claim in body.claims]
