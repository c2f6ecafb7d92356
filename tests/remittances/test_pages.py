import codecs
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.connectors.models import Transmission
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, RemittanceFile, RemittedClaim
from apps.remittances.services import post_remittances
from tests.factories.claims import ClaimFactory
from tests.factories.intake import PatientFactory
from tests.factories.remittances import (
    clp,
    payment,
    plb,
    remittance_bytes,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)

pytestmark = pytest.mark.django_db
LIST = reverse("remittances:list")
EXCEPTIONS = reverse("remittances:exceptions")


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    shown = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def posted(*payments: object, now: datetime) -> RemittanceFile:
    stored_file(*payments)  # type: ignore[arg-type]
    post_remittances(now=now)
    return RemittanceFile.objects.order_by("pk").last()


def unmatched(now: datetime) -> tuple[RemittanceException, Claim]:
    claim = submitted_claim("100.00")
    lines = [svc(claim.lines.get(), "80.00", ("PR-2", "20.00"))]
    posted(payment(without_our_numbers(clp(claim, *lines), "LOST9"), payer=claim.payer), now=now)
    return RemittanceException.objects.get(), claim


def test_an_empty_list_says_what_will_stand_there(biller: Client) -> None:
    assert "No remittance has arrived" in text(biller.get(LIST))
    assert "Nothing waits" in text(biller.get(EXCEPTIONS))


def test_the_list_shows_each_payment_with_its_outcomes_and_its_balance(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    posted(payment(clp(claim), payer=claim.payer, trace="EFT42"), now=now)
    shown = text(biller.get(LIST))
    assert "EFT42" in shown
    assert "1 posted" in shown
    assert "To the cent" in shown


@pytest.mark.parametrize(("show", "found"), [("waiting", True), ("denials", False), ("duplicates", False), ("", True)])
def test_payments_are_filtered_by_what_became_of_them(biller: Client, now: datetime, show: str, found: bool) -> None:
    unmatched(now)
    assert (b'class="who"' in biller.get(LIST, {"show": show}).content) is found


@pytest.mark.long
def test_the_list_takes_as_many_queries_for_many_payments_as_for_one(
    biller: Client, now: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    claims = [submitted_claim("10.00") for _ in range(12)]
    for claim in claims:
        posted(payment(clp(claim), payer=claim.payer), now=now)
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        biller.get(LIST)
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        biller.get(EXCEPTIONS)


def test_a_file_shows_its_claims_its_adjustments_and_the_segments(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    file = posted(payment(clp(claim), payer=claim.payer, plbs=[plb("L6", "-1.50", "CLM1")]), now=now)
    shown = text(biller.get(reverse("remittances:file", args=[file.public_id])))
    assert claim.control_number in shown
    assert "Interest paid to the practice" in shown
    assert "BPR*I*101.5*C" in shown.replace("101.50", "101.5")
    view = AuditEvent.objects.get(subject_kind="remittance_file")
    assert view.patients == [claim.patient.public_id]


@pytest.mark.long
def test_a_file_of_two_payments_shows_one_at_a_time(biller: Client, now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    file = posted(
        payment(clp(one), payer=one.payer, trace="E1"), payment(clp(other), payer=other.payer, trace="E2"), now=now
    )
    shown = text(biller.get(reverse("remittances:file", args=[file.public_id]), {"payment": "2"}))
    assert other.control_number in shown
    assert one.control_number not in shown


def test_a_refused_file_shows_why_and_what_it_holds(biller: Client, now: datetime) -> None:
    payload = remittance_bytes(payment(clp(submitted_claim()))).replace(b"005010X221A1", b"004010X091A1")
    stored_file(payload=payload)
    post_remittances(now=now)
    file = RemittanceFile.objects.get()
    assert "835 004010X091A1" in text(biller.get(reverse("remittances:file", args=[file.public_id])))
    found = RemittanceException.objects.get()
    assert "Ask the clearinghouse" in text(biller.get(reverse("remittances:exception", args=[found.public_id])))


@pytest.mark.long
def test_one_claims_segments_end_where_the_next_claim_begins(biller: Client, now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    file = posted(payment(clp(one), clp(other), payer=one.payer), now=now)
    shown = text(biller.get(reverse("remittances:claim_part", args=[file.public_id, 1, 1])))
    assert f"CLP*{one.control_number}" in shown
    assert f"CLP*{other.control_number}" not in shown


def test_what_is_not_there_is_not_found(biller: Client, now: datetime) -> None:
    file = posted(payment(clp(submitted_claim())), now=now)
    for address in (
        reverse("remittances:file", args=["nothing"]),
        reverse("remittances:exception", args=["nothing"]),
        reverse("remittances:claim_part", args=[file.public_id, 1, 99]),
    ):
        assert biller.get(address).status_code == 404


def test_an_exception_offers_the_claims_that_are_like_it(biller: Client, now: datetime) -> None:
    exception, claim = unmatched(now)
    shown = text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert "Same member ID, charge, visit date, last name, first name" in shown
    assert f"?claim={claim.public_id}" in shown


def test_the_claim_that_is_most_alike_is_found_behind_many_newer_ones_of_the_same_name(
    biller: Client, now: datetime
) -> None:
    exception, claim = unmatched(now)
    namesake = PatientFactory(last_name=claim.patient.last_name)
    ClaimFactory.create_batch(61, patient=namesake, service_date=claim.service_date + timedelta(days=1))
    shown = text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert f"?claim={claim.public_id}" in shown


@pytest.mark.parametrize("segment", ["x", "²", "9" * 5000])
def test_a_segment_that_is_none_is_passed_over(biller: Client, now: datetime, segment: str) -> None:
    file = posted(payment(clp(submitted_claim())), now=now)
    for address in (
        reverse("remittances:claim_part", args=[file.public_id, 1, 1]),
        reverse("remittances:payment_part", args=[file.public_id, 1]),
    ):
        text(biller.get(address, {"segment": segment}))


@pytest.mark.long
def test_a_chosen_claim_shows_what_posting_does_before_it_is_done(biller: Client, now: datetime) -> None:
    exception, claim = unmatched(now)
    address = reverse("remittances:exception", args=[exception.public_id])
    shown = text(biller.get(address, {"claim": claim.public_id}))
    assert f"What posting to {claim.control_number} does" in shown
    assert "$20.00" in shown
    assert RemittedClaim.objects.get().outcome == "unmatched"


@pytest.mark.long
def test_a_claim_may_be_named_by_its_number(biller: Client, now: datetime) -> None:
    exception, claim = unmatched(now)
    address = reverse("remittances:exception", args=[exception.public_id])
    assert "Post to" in text(biller.post(address, {"number": claim.control_number.lower()}))
    assert "There is no claim T000" in text(biller.post(address, {"number": "T000"}))


@pytest.mark.long
def test_posting_to_the_chosen_claim_settles_the_exception(biller: Client, now: datetime) -> None:
    exception, claim = unmatched(now)
    response = biller.post(
        reverse("remittances:settle", args=[exception.public_id, "post"]),
        {"post-claim": claim.public_id, "post-note": "Number lost by the payer"},
    )
    assert response.headers["Location"] == EXCEPTIONS
    assert RemittedClaim.objects.get().outcome == "posted"
    settled = text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert "Number lost by the payer" in settled
    assert "Number lost" in text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert "No claim found" in text(biller.get(EXCEPTIONS, {"state": "settled"}))


@pytest.mark.long
def test_what_cannot_be_posted_says_why_and_keeps_what_was_typed(biller: Client, now: datetime) -> None:
    exception, claim = unmatched(now)
    response = biller.post(
        reverse("remittances:settle", args=[exception.public_id, "hand"]),
        {"hand-claim": claim.public_id, "hand-note": "From the portal", "hand-copay": "5.00"},
    )
    shown = text(response, 422)
    assert "$15.00 of the charge is not named" in shown
    assert "From the portal" in shown


@pytest.mark.long
def test_a_posting_by_hand_is_made_from_the_form(biller: Client, now: datetime) -> None:
    exception, claim = unmatched(now)
    biller.post(
        reverse("remittances:settle", args=[exception.public_id, "hand"]),
        {"hand-claim": claim.public_id, "hand-note": "x", "hand-contractual": "15.00", "hand-deductible": "5.00"},
    )
    row = RemittedClaim.objects.get()
    assert (row.outcome, row.paid) == ("posted", Decimal("80.00"))


def test_for_a_claim_that_the_file_spoils_the_form_asks_what_was_paid(biller: Client, now: datetime) -> None:
    claim = submitted_claim("57.31")
    payload = remittance_bytes(payment(clp(claim), payer=claim.payer))
    stored_file(payload=payload.replace(b"57.31*57.31", b"57.31*5x.31", 1))
    post_remittances(now=now)
    exception = RemittanceException.objects.get(kind="unreadable")
    address = reverse("remittances:exception", args=[exception.public_id])
    assert "$57.31 of the payment has no claim yet" in text(biller.get(address, {"claim": claim.public_id}))
    biller.post(
        reverse("remittances:settle", args=[exception.public_id, "hand"]),
        {"hand-claim": claim.public_id, "hand-note": "x", "hand-paid": "50.00", "hand-copay": "7.31"},
    )
    assert (RemittedClaim.objects.get().outcome, RemittedClaim.objects.get().paid) == ("posted", Decimal("50.00"))


def test_a_claim_of_someone_else_is_set_apart(biller: Client, now: datetime) -> None:
    exception, _ = unmatched(now)
    biller.post(reverse("remittances:settle", args=[exception.public_id, "apart"]), {"apart-note": "Not our patient"})
    assert RemittedClaim.objects.get().outcome == "parked"


@pytest.mark.parametrize("kind", ["clearing", "continuation", "contract_check", "reversal", "unreadable"])
def test_every_kind_of_exception_has_its_page(biller: Client, now: datetime, kind: str) -> None:
    exception, _ = unmatched(now)
    RemittanceException.objects.update(kind=kind)
    if kind in {"clearing", "continuation"}:
        RemittanceException.objects.update(remitted_claim=None)
    assert "What happened" in text(biller.get(reverse("remittances:exception", args=[exception.public_id])))


def test_an_uploaded_file_is_stored_and_its_posting_nudged(
    biller: Client,
    nudges: list[tuple[str, str]],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    payload = remittance_bytes(payment(clp(submitted_claim())))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        response = biller.post(reverse("remittances:upload"), {"file": SimpleUploadedFile("a.835", payload)})
    assert response.headers["Location"] == LIST
    assert bytes(Transmission.objects.get(kind="835").payload) == payload
    assert ("post_remittances", "") in nudges
    assert AuditEvent.objects.filter(action="take_remittance_file").count() == 1


def test_a_file_behind_a_byte_order_mark_is_taken_as_the_codec_takes_it(biller: Client) -> None:
    payload = codecs.BOM_UTF8 + remittance_bytes(payment(clp(submitted_claim())))
    response = biller.post(reverse("remittances:upload"), {"file": SimpleUploadedFile("a.835", payload)})
    assert response.status_code == 302
    assert Transmission.objects.filter(kind="835").exists()


@pytest.mark.parametrize(("payload", "why"), [(b"%PDF-1.7", "not an X12 file"), (b"   ", "not an X12 file")])
def test_what_is_no_x12_is_not_stored(biller: Client, payload: bytes, why: str) -> None:
    response = biller.post(reverse("remittances:upload"), {"file": SimpleUploadedFile("a.835", payload)})
    assert why in text(response, 422)
    assert not Transmission.objects.filter(kind="835").exists()


@pytest.mark.parametrize("size", [20 * 1024 * 1024 + 1, 21 * 1024 * 1024])
def test_of_a_file_that_is_too_large_its_size_is_said(biller: Client, size: int) -> None:
    response = biller.post(reverse("remittances:upload"), {"file": SimpleUploadedFile("a.835", b"ISA".ljust(size))})
    page = text(response, 422)
    assert "The file is larger than 20 MB." in page
    assert "This field is required." not in page


def test_an_upload_without_a_file_asks_for_it(biller: Client) -> None:
    assert "This field is required." in text(biller.post(reverse("remittances:upload")), 422)


@pytest.mark.long
def test_the_pages_open_by_permission_only(signed_in: Callable[[Role | None], Client], now: datetime) -> None:
    exception, _ = unmatched(now)
    file = RemittanceFile.objects.get()
    pages = [
        LIST,
        EXCEPTIONS,
        reverse("remittances:upload"),
        reverse("remittances:file", args=[file.public_id]),
        reverse("remittances:exception", args=[exception.public_id]),
    ]
    coder, nobody = signed_in(Role.CODER), signed_in(None)
    assert {coder.get(page).status_code for page in pages} == {403}
    assert {nobody.get(page).status_code for page in pages} == {403}
    assert {Client().get(page).status_code for page in pages} == {302}
    settle = reverse("remittances:settle", args=[exception.public_id, "apart"])
    assert coder.post(settle, {"apart-note": "x"}).status_code == 403


def test_a_settlement_is_a_post(biller: Client, now: datetime) -> None:
    exception, _ = unmatched(now)
    assert biller.get(reverse("remittances:settle", args=[exception.public_id, "post"])).status_code == 405


@pytest.mark.parametrize("page", ["list", "exceptions"])
def test_a_list_tells_its_filter_and_address_also_when_it_is_empty(biller: Client, page: str) -> None:
    biller.get(reverse(f"remittances:{page}"), {"kind": "unmatched"})
    seen = AuditEvent.objects.get(action="list")
    assert (seen.address, seen.detail, seen.patients) == ("127.0.0.1", {"filter": "kind=unmatched"}, [])


@pytest.mark.parametrize(("name", "action"), [("list", "list"), ("export_payments", "export")])
def test_the_list_of_payments_shows_no_patient_and_its_readers_read_of_none(
    biller: Client, now: datetime, name: str, action: str
) -> None:
    claim = submitted_claim("10.00")
    posted(payment(clp(claim), payer=claim.payer), now=now)
    answer = biller.get(reverse(f"remittances:{name}"))
    assert claim.patient.last_name not in answer.getvalue().decode()
    assert AuditEvent.objects.get(action=action).patients == []
