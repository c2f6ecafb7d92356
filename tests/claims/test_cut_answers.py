"""An answer file whose end is missing: what is whole in it counts, nothing of what is open does, and one person asks for it again."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Batch, Claim
from apps.claims.rules.cut_file import cut_sentence, lacks_end, whole_body
from apps.claims.services import acknowledge_claims, batch_claims, move_claims, scrub_claims, submit_batch
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.worklist.models import WorkItem
from apps.x12 import read, write_277
from apps.x12.guides.x277 import ClaimStatusResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment
from apps.x12.guides.x277ca import ClaimStatus as ListedClaim
from tests.claims.answers import f277ca, f999, group, interchange, ta1
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


@pytest.mark.long
@pytest.mark.parametrize("names_ours", [True, False])
def test_what_a_cut_277ca_said_of_a_claim_on_its_way_is_told_once(
    batch: Batch, now: datetime, *, names_ours: bool
) -> None:
    first = Claim.objects.order_by("pk")[0]
    said = [(claim.control_number, "A1:19:PR*20260917*WQ") for claim in Claim.objects.order_by("pk")]
    whole = f277ca(*said, reference=batch.reference if names_ours else "", role="PR")
    came(whole[: whole.index(b"REF*1K*PAYER6")], "277CA", now + timedelta(hours=1))
    for hours in (2, 3):
        came(whole, "277CA", now + timedelta(hours=hours))
    told = [claim.events.filter(what__startswith="The payer: ").count() for claim in Claim.objects.all()]
    assert told == [1, 1, 1]
    assert first.events.get(what__startswith="The payer: ").at == now + timedelta(hours=1)


@pytest.mark.long
def test_what_is_said_otherwise_or_of_the_next_sending_is_told(batch: Batch, now: datetime) -> None:
    claim = Claim.objects.order_by("pk")[0]
    for hours, code in ((1, "19"), (2, "20"), (3, "20")):
        said = f277ca((claim.control_number, f"A1:{code}:PR*20260917*WQ"), reference=batch.reference)
        came(said, "277CA", now + timedelta(hours=hours))
    assert claim.events.filter(what__startswith="The clearinghouse: ").count() == 2
    came(f277ca((claim.control_number, REJECTED), reference=batch.reference), "277CA", now + timedelta(hours=4))
    later = now + timedelta(hours=5)
    move_claims([claim], ClaimStatus.DRAFT, what="Corrected.", now=later)
    scrub_claims(now=later)
    second = Batch.objects.get(public_id=batch_claims(now=later).batches[0])
    submit_batch(batch_id=second.public_id, now=later)
    said = f277ca((claim.control_number, "A1:19:PR*20260917*WQ"), reference=second.reference)
    came(said, "277CA", now + timedelta(hours=6))
    assert claim.events.filter(what__startswith="The clearinghouse: ").count() == 3


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


@pytest.mark.long
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


_FIRST = "The end (SE) of transaction 0001 is missing after segment 20 (STC). "
_OPEN = "What stands whole before and behind was taken in; what was open there was not."
_BEFORE = "What stands whole before was taken in; what was open there was not."
_CUT = "What stands whole before was taken in, nothing behind."
_ALL = "What stands whole was taken in; whether more belonged there the file does not say."


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ("SE1", f"{_FIRST}{_OPEN}"),
        ("SE1 GE1", f"{_FIRST}{_OPEN}"),
        ("SE1 SE2", f"{_FIRST}{_OPEN} 1 more end is missing."),
        ("SE1 SE2 GE2 IEA", f"{_FIRST}{_OPEN} It is cut off after segment 40 (STC) as well."),
        ("SE2", f"The end (SE) of transaction 0002 is missing after segment 41 (STC). {_BEFORE}"),
        ("GE1", f"The end (GE) of a group is missing before segment 22 (GS). {_ALL}"),
        ("GE2", f"The end (GE) of a group is missing before segment 43 (IEA). {_ALL}"),
        ("IEA", f"It is cut off after segment 43 (GE) and its end (IEA) is missing. {_CUT}"),
    ],
)
def test_a_missing_end_in_the_midst_is_not_told_as_the_files_end(lost: str, says: str) -> None:
    document = read(_two_groups(without=lost.split()))
    sentence = cut_sentence(document, taken=True)
    assert sentence == says
    assert lacks_end(sentence)
    where = says[: says.index(". ") + 2]
    assert cut_sentence(document, taken=False).startswith(f"{where}Nothing in it is whole.")


def test_of_two_interchanges_the_first_lacks_its_end() -> None:
    document = read(_two_groups(without=["IEA"]) + _two_groups())
    says = f"The end (IEA) of an interchange is missing after segment 43 (GE). {_ALL}"
    assert cut_sentence(document, taken=True) == says


@pytest.mark.long
def test_what_follows_a_missing_end_is_taken(batch: Batch, now: datetime, biller: Client) -> None:
    numbers = list(Claim.objects.order_by("pk").values_list("control_number", flat=True))
    sets = [f277ca((number, ACCEPTED), reference=batch.reference).decode() for number in numbers[:2]]
    first, second = (each[each.index("ST*") : each.index("GE*")] for each in sets)
    sent = sets[0].replace(first, first[: first.index("REF*1K")] + second)
    file = came(sent.encode(), "277CA", now + timedelta(hours=1))
    assert statuses() == ["submitted", "acknowledged", "submitted"]
    assert file.problem.endswith(_OPEN)
    page = biller.get(reverse("claims:answer", args=[file.public_id])).content.decode()
    assert "for the whole file again" in page
    assert "Read it again" not in page


def _two_groups(without: Collection[str] = ()) -> bytes:
    """Each group with one transaction; `without` these ends."""
    sets = [segment for number in "12" for segment in group("HN", "005010X214", *_one_set(number))]
    places = {end: place for place, end in enumerate(_ends(sets))}
    kept = [segment for place, segment in enumerate(sets) if place not in {places.get(end) for end in without}]
    payload = interchange(*kept)
    return payload[: payload.index(b"IEA*")] if "IEA" in without else payload


def _ends(segments: Sequence[str]) -> Iterator[str]:
    """SE1, GE1, SE2, GE2 at their places."""
    seen: Counter[str] = Counter()
    for segment in segments:
        name = segment.partition("*")[0]
        seen[name] += 1
        yield f"{name}{seen[name]}"


def _one_set(number: str) -> tuple[str, ...]:
    whole = f277ca((f"CLAIM{number}", REJECTED), reference="REF7").decode().split("~")
    heading, *body = whole[whole.index("ST*277*0001*005010X214") : -4]
    assert body.pop().startswith("REF*1K")
    return (heading.replace("0001", f"000{number}"), *body, f"SE*{len(body) + 2}*000{number}")


def _listed(payload: bytes) -> list[tuple[str, ListedClaim]]:
    bodies = [whole_body(each) for each in read(payload).transactions]
    receivers = [each for body in bodies if isinstance(body, ClaimAcknowledgment) for each in body.receivers]
    return [(each.batch_reference, claim) for each in receivers for part in each.providers for claim in part.claims]


@pytest.mark.long
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
