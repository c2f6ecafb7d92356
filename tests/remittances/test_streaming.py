"""A stored file is read twice, claim by claim: it says the same as the whole, posts the same, and memory does not grow with it."""

import os
import tracemalloc
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.connectors import journal, payloads
from apps.connectors.models import Transmission, TransmissionFrame
from apps.connectors.payload_field import CutOffPayloadError
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.selectors import ledger_faults
from apps.remittances.models import RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import UnacceptableFileError, post_claims, post_remittances, store_file
from apps.remittances.services.read_file import ClaimReader, claim_at, summarize_file
from apps.remittances.services.take_file import LARGEST
from apps.x12 import read
from apps.x12.guides.x835 import Remittance, payment_difference
from tests.bench.remittance_file import remittance_file
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.factories.ledger import account_totals
from tests.factories.remittances import clp, payment, plb, remittance_bytes, stored_file, submitted_claim
from tests.remittances.test_commands import run

CORPUS = os.environ.get("X12_CORPUS", "")
# Two payments, of the first a claim that the file spoils.
_ONE, _OTHER = remittance_file(7, seed=2), remittance_file(5, seed=3)
TWO_PAYMENTS = _ONE.partition(b"GE*")[0].replace(b"CLP*TL00000003*1*", b"CLP*TL00000003*1*x", 1) + (
    b"ST*" + _OTHER.partition(b"ST*")[2]
)


def whole(data: bytes) -> list[Remittance]:
    bodies = [transaction.body for transaction in read(data).transactions]
    return [body for body in bodies if isinstance(body, Remittance)]


def agree(data: bytes, most: int) -> None:
    """Both readings, chunk by chunk, say what the whole file says."""
    payments, reader = summarize_file(data).payments, ClaimReader(lambda: BytesIO(data))
    remittances = whole(data)
    assert len(payments) == len(remittances)
    for summary, remittance in zip(payments, remittances, strict=True):
        items = sorted((*remittance.claims, *remittance.unreadable), key=lambda item: item.segment)
        assert summary.claims == len(items)
        assert summary.explained == payment_difference(remittance) + remittance.amount
        assert summary.heading.provider_adjustments == remittance.provider_adjustments
        assert (summary.heading.amount, summary.heading.payer) == (remittance.amount, remittance.payer)
        streamed = [reader.take(summary, after, most) for after in range(0, len(items) + 1, most)]
        assert [item for chunk in streamed for item in chunk] == items
        for item in items[:: max(1, len(items) // 3)]:
            assert claim_at(BytesIO(data), item.segment) == item


@pytest.mark.parametrize("most", [1, 3, 500])
def test_what_is_streamed_is_the_whole(most: int) -> None:
    assert [len(body.unreadable) for body in whole(TWO_PAYMENTS)] == [1, 0]
    agree(TWO_PAYMENTS, most)


@pytest.mark.skipif(not CORPUS, reason="X12_CORPUS names no folder (see docs/remittances.md)")
def test_what_is_streamed_of_files_that_others_made_is_the_whole() -> None:
    for path in sorted((Path(CORPUS) / "835").iterdir()):
        agree(path.read_bytes(), 2)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8), st.integers(1, 8)), max_size=8))
def test_claims_may_be_asked_for_in_any_order(asked: list[tuple[int, int, int]]) -> None:
    payments, reader = summarize_file(TWO_PAYMENTS).payments, ClaimReader(lambda: BytesIO(TWO_PAYMENTS))
    remittances = whole(TWO_PAYMENTS)
    for which, after, most in asked:
        body = remittances[which]
        items = sorted((*body.claims, *body.unreadable), key=lambda item: item.segment)
        assert list(reader.take(payments[which], after, most)) == items[after : after + most]


@pytest.mark.long
def test_the_memory_of_reading_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    # What the codec keeps of texts that come again is bounded, and so are the claims that are kept; here both files meet the bounds.
    monkeypatch.setattr("apps.x12.values.MOST_TEXTS", 200)
    monkeypatch.setattr("apps.remittances.services.read_file.MOST_KEPT", 50)

    def most(claims: int) -> int:
        data = remittance_file(claims)
        tracemalloc.start()
        try:
            payments = summarize_file(BytesIO(data)).payments
            reader = ClaimReader(lambda: BytesIO(data))
            for after in range(0, claims, 100):
                reader.take(payments[0], after, 100)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # The records of 2,400 claims are more than four times as much.
    assert most(3000) < most(600) + 2_000_000


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("most", [1, 2, 500])
def test_a_file_in_frames_posts_the_same_in_chunks_of_any_size(
    now: datetime, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(payloads, "FRAME", 100)
    monkeypatch.setattr(post_claims, "CHUNK", most)
    claims = [submitted_claim("10.00", "5.00") for _ in range(5)]
    payer = claims[0].payer
    told = [clp(claim) for claim in claims]
    stored_file(payment(*told[:3], payer=payer, plbs=[plb("WO", "1.50")]), payment(*told[3:], payer=payer))
    assert TransmissionFrame.objects.count() > 3
    posted = post_remittances(now=now)
    assert (posted.files, posted.claims, dict(posted.outcomes)) == (1, 5, {"posted": 5})
    assert list(RemittancePayment.objects.order_by("number").values_list("amount", flat=True)) == [
        Decimal("43.50"),
        Decimal("30.00"),
    ]
    numbers = RemittedClaim.objects.order_by("payment__number", "number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 1, 2]
    assert account_totals()[Account.PAYER_CLEARING] == Decimal(0)
    assert (Entry.objects.filter(kind="remittance").count(), Leg.objects.filter(entry__kind="remittance").count()) == (
        5,
        15,
    )
    assert (ledger_faults(), payment_faults()) == ([], [])


@pytest.mark.django_db
def test_nothing_is_posted_of_a_payload_that_is_cut_off_until_it_is_whole_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "FRAME", 100)
    claim = submitted_claim("10.00")
    stored = stored_file(payment(clp(claim), payer=claim.payer))
    last = stored.frames.order_by("-number")[0]
    kept, last.content = last.content, b"~"
    last.save()
    failed = post_remittances(now=now)
    assert [type(failure) for failure in failed.failures] == [CutOffPayloadError]
    assert (RemittanceFile.objects.count(), Transmission.objects.get().state) == (0, "stored")
    last.content = kept
    last.save()
    assert post_remittances(now=now).claims == 1


@pytest.mark.django_db
def test_the_same_bytes_under_another_name_leave_no_row(tmp_path: Path) -> None:
    claim = submitted_claim("100.00")
    path = tmp_path / "one.835"
    path.write_bytes(remittance_bytes(payment(clp(claim), payer=claim.payer)))
    run("import_remittance", path)
    before = [model.objects.count() for model in (Transmission, RemittanceFile, RemittancePayment, Entry)]
    out, _, status = run("import_remittance", path.rename(tmp_path / "other.835"))
    assert (status, out.splitlines()[0]) == (
        0,
        "other.835: known. It had been taken in before; nothing was posted.",
    )
    assert [model.objects.count() for model in (Transmission, RemittanceFile, RemittancePayment, Entry)] == before


@pytest.mark.django_db
def test_a_fetched_copy_under_another_name_is_kept_and_names_the_first(now: datetime) -> None:
    claim = submitted_claim("100.00")
    first = stored_file(payment(clp(claim), payer=claim.payer), name="one.835")
    clearinghouse = ClearinghouseConnectionFactory()
    copy, is_new = journal.receive(first.payload, kind="835", now=now, connection=clearinghouse, name="other.835")
    assert is_new
    posted = post_remittances(now=now)
    assert (posted.files, posted.claims, posted.failures) == (1, 1, ())
    copy.refresh_from_db()
    assert (copy.state, copy.problem) == ("processed", "The same bytes had come before as one.835.")
    assert (RemittanceFile.objects.count(), RemittedClaim.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_file_of_more_than_100_megabytes_is_refused_before_it_is_read(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "large.835"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with path.open("rb") as file, pytest.raises(UnacceptableFileError, match="larger than 100 MB"):
        store_file(name=path.name, payload=file, now=now)
    out, _, status = run("import_remittance", path)
    assert (status, Transmission.objects.count()) == (1, 0)
    assert "larger than 100 MB" in out
