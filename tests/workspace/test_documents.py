"""A claim's documents: what is listed, kept, downloaded and removed, by whom, with which trace."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, ClaimDocument, ClaimEvent
from apps.claims.services import UnacceptableDocumentError, keep_document, remove_document
from apps.connectors.models import Transmission
from apps.core.models import User
from apps.practice.roles import Role
from apps.workspace.documents.reading import documents_of
from tests.claims.test_document_file import PDF
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.denials import denial as denial_of
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def claim() -> Claim:
    return ClaimFactory()


@pytest.fixture
def document(claim: Claim, now: datetime) -> ClaimDocument:
    return keep_document(
        claim=claim, kind="eob", name="eob june.pdf", payload=PDF, acting_user=UserFactory(role=Role.BILLER), now=now
    )


def page_of(claim: Claim) -> str:
    return reverse("workspace:claim", args=[claim.public_id])


def address(name: str, document: ClaimDocument) -> str:
    return reverse(f"workspace:{name}", args=[document.claim.public_id, document.public_id])


def upload(client: Client, claim: Claim, payload: bytes, kind: str = "records", name: str = "r.pdf") -> HttpResponse:
    file = SimpleUploadedFile(name, payload, content_type="application/pdf")
    return client.post(reverse("workspace:keep_document", args=[claim.public_id]), {"kind": kind, "file": file})


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    shown = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def test_a_claim_without_papers_says_what_will_stand_there(biller: Client, claim: Claim) -> None:
    shown = text(biller.get(page_of(claim)))
    assert "None yet. What is sent for the claim" in shown
    assert reverse("workspace:keep_document", args=[claim.public_id]) in shown


@pytest.mark.long
def test_an_upload_is_stored_encrypted_listed_and_told(biller: Client, claim: Claim) -> None:
    assert "Medical records" in text(biller.get(reverse("workspace:keep_document", args=[claim.public_id])))
    assert upload(biller, claim, PDF, name="Ada Thornbury.pdf").status_code == 302
    kept = ClaimDocument.objects.get()
    assert (kept.kind, kept.media_type, kept.transmission.state) == ("records", "application/pdf", "processed")
    assert kept.transmission.payload == PDF
    shown = text(biller.get(page_of(claim)))
    assert "Medical records" in shown
    assert kept.kept_by.display_name in shown
    assert address("claim_document", kept) in shown
    told = AuditEvent.objects.get(action="keep_document")
    assert told.patients == [claim.patient.public_id]
    assert "Thornbury" not in str(told.detail)
    assert ClaimEvent.objects.get(claim=claim).what == "Document kept: Medical records"


def test_a_patients_page_lists_what_is_kept_with_the_claims(signed_in: SignIn, document: ClaimDocument) -> None:
    path = reverse("workspace:patient", args=[document.claim.patient.public_id])
    href = address("claim_document", document)
    shown = text(signed_in(Role.BILLER).get(path))
    assert f'href="{href}"' in shown
    assert "Each claim's page has all of its own." in shown  # the patient's has the newest alone
    assert "Documents" not in text(signed_in(Role.FRONT_DESK).get(path))
    remove_document(
        document_id=document.public_id,
        because="Of another patient",
        acting_user=document.kept_by,
        now=document.kept_at,
    )
    assert href not in text(signed_in(Role.BILLER).get(path))


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"<html>", "This is no PDF, PNG, JPEG or TIFF"),
        (PDF.replace(b"/Pages", b"/S /JavaScript /Pages"), "The PDF holds a script"),
        (b"%PDF-" + b" " * (10 * 1024 * 1024), "The file is larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_kept_says_why_and_is_not_stored(
    biller: Client, claim: Claim, payload: bytes, why: str
) -> None:
    assert why in text(upload(biller, claim, payload), 422)
    assert not ClaimDocument.objects.exists()
    assert not Transmission.objects.exists()


@pytest.mark.long
def test_the_same_file_stands_once_and_may_come_again_once_it_was_removed(
    biller: Client, claim: Claim, document: ClaimDocument
) -> None:
    assert "This file is kept with this claim already" in text(upload(biller, claim, PDF), 422)
    biller.post(address("remove_document", document), {"because": "Another patient's"})
    assert upload(biller, claim, PDF).status_code == 302
    assert ClaimDocument.objects.filter(removed_at=None).count() == 1


def test_a_form_without_kind_or_file_says_so(biller: Client, claim: Claim) -> None:
    answer = biller.post(reverse("workspace:keep_document", args=[claim.public_id]), {})
    assert text(answer, 422).count("This field is required.") >= 2


def test_a_download_is_never_shown_in_the_page_and_is_audited(biller: Client, document: ClaimDocument) -> None:
    answer = biller.get(address("claim_document", document))
    assert b"".join(answer.streaming_content) == PDF
    number = document.claim.control_number
    assert answer["Content-Disposition"] == f'attachment; filename="eob-{number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    told = AuditEvent.objects.get(action="download")
    assert (told.subject_kind, told.subject_public_id) == ("claim_document", document.public_id)
    assert told.patients == [document.claim.patient.public_id]


def test_a_document_of_another_claim_is_not_found(biller: Client, document: ClaimDocument) -> None:
    other = ClaimFactory()
    for name in ("claim_document", "remove_document"):
        assert biller.get(reverse(f"workspace:{name}", args=[other.public_id, document.public_id])).status_code == 404
    assert biller.get(reverse("workspace:keep_document", args=["nowhere"])).status_code == 404


@pytest.mark.long
def test_what_is_removed_is_served_no_more_and_stays_in_the_history(biller: Client, document: ClaimDocument) -> None:
    remove = address("remove_document", document)
    assert "Nobody can open it any more" in text(biller.get(remove))
    assert "This field is required." in text(biller.post(remove, {"because": " "}), 422)
    assert biller.post(remove, {"because": "Another patient's EOB"}).status_code == 302
    assert biller.get(address("claim_document", document)).status_code == 404
    assert biller.post(remove, {"because": "again"}).status_code == 404
    shown = text(biller.get(page_of(document.claim)))
    assert "1 document was removed" in shown
    assert "Another patient&#x27;s EOB" in shown
    assert AuditEvent.objects.get(action="remove_document").subject_public_id == document.public_id
    assert ClaimEvent.objects.filter(what__startswith="Document removed").exists()


@pytest.mark.parametrize(("role", "status"), [(Role.CODER, 200), (Role.FRONT_DESK, 403), (None, 403)])
def test_who_may_see_the_claim_may_download_and_nobody_else(
    signed_in: SignIn, document: ClaimDocument, role: Role | None, status: int
) -> None:
    assert signed_in(role).get(address("claim_document", document)).status_code == status


def test_who_may_not_change_claims_may_neither_keep_nor_remove(signed_in: SignIn, document: ClaimDocument) -> None:
    desk = signed_in(Role.FRONT_DESK)
    assert upload(desk, document.claim, PDF).status_code == 403
    assert desk.post(address("remove_document", document), {"because": "x"}).status_code == 403


def test_files_of_the_timeline_and_letters_of_denials_are_listed(biller: Client, claim: Claim, now: datetime) -> None:
    file = TransmissionFactory(kind="835", name="june.835")
    for segment in (4, 9):
        ClaimEvent.objects.create(claim=claim, at=now, what="Answered", transmission=file, segment=segment)
    shown = text(biller.get(page_of(claim)))
    assert shown.count(">Remittance (835)</a>") == 1
    assert reverse("workspace:claim_file", args=[claim.public_id, file.public_id]) in shown


def test_a_refusal_of_the_service_leaves_nothing_behind(claim: Claim, now: datetime) -> None:
    person: User = UserFactory(role=Role.BILLER)
    with pytest.raises(UnacceptableDocumentError):
        keep_document(claim=claim, kind="eob", name="x", payload=b"x", acting_user=person, now=now)
    assert not AuditEvent.objects.exists()


@pytest.mark.long
def test_a_letter_leads_to_its_card_until_it_is_complete(biller: Client, now: datetime) -> None:
    denial = denial_of("50")
    card = reverse("denials:card", args=[denial.public_id])
    shown = text(biller.get(page_of(denial.claim)))
    assert "Appeal letter" in shown
    assert "Complete it" in shown
    denial.prepared = {**denial.prepared, "subject": "Appeal", "paragraphs": ["The service was necessary."]}
    denial.save()
    letter = reverse("denials:letter", args=[denial.public_id])
    assert letter in text(biller.get(page_of(denial.claim)))
    rows = documents_of(denial.claim, with_letters=True, may_print=False)
    assert [(row.href, row.label) for row in rows if row.title == "Appeal letter"] == [(card, "On the denial's card")]
    assert not [row for row in documents_of(denial.claim, with_letters=False, may_print=False) if not row.size]
