"""All that belongs to a claim as papers and files: kept by people, sent and received, written for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from apps.claims.models import Claim, ClaimDocument
from apps.connectors.models import Transmission
from apps.core import clock
from apps.denials.models import Denial
from apps.denials.services import letter_refusal
from apps.intake.models import Patient
from apps.workspace.rules.excerpt import is_about_claims

LATEST = 20
_FILES = {
    "837P": "Claim file (837P)",
    "835": "Remittance (835)",
    "277CA": "Claim report (277CA)",
    "277": "Answer to a status inquiry (277)",
    "999": "File acknowledgment (999)",
    "TA1": "Envelope acknowledgment (TA1)",
}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """`size` is in words, empty where it is made when it is opened. `document`: what a person keeps, and may remove."""

    title: str
    detail: str
    on: date
    by: str
    size: str
    href: str
    label: str
    document: ClaimDocument | None = None


def documents_of(claim: Claim, *, with_letters: bool, may_print: bool) -> list[DocumentRow]:
    """Newest first; in three queries, whatever their number. Who reads in an emergency sees the letters and may not print them."""
    rows = [*_kept(claim), *_files(claim), *(_letters(claim, may_print) if with_letters else ())]
    return sorted(rows, key=lambda row: row.on, reverse=True)


def documents_of_patient(patient: Patient) -> "QuerySet[ClaimDocument]":
    """What people keep with the patient's claims, the newest 20."""
    rows = _rows().filter(claim__patient=patient, removed_at=None).select_related("claim")
    return rows.order_by("-kept_at", "-pk")[:LATEST]


def removed_of(claim: Claim) -> list[ClaimDocument]:
    return list(_rows().filter(claim=claim, removed_at__isnull=False).order_by("-removed_at", "-pk"))


def find_document(claim: Claim, public_id: str) -> ClaimDocument | None:
    """One that stands; its payload is left out."""
    return _rows().filter(claim=claim, public_id=public_id, removed_at=None).first()


def _rows() -> "QuerySet[ClaimDocument]":
    rows = ClaimDocument.objects.select_related("transmission", "kept_by", "removed_by")
    return rows.defer("transmission__payload")


def _kept(claim: Claim) -> Iterator[DocumentRow]:
    for document in _rows().filter(claim=claim, removed_at=None).order_by("-kept_at", "-pk"):
        yield DocumentRow(
            title=document.get_kind_display(),
            detail=document.transmission.name,
            on=clock.practice_date(document.kept_at),
            by=document.kept_by.display_name,
            size=filesizeformat(document.transmission.size),
            href=reverse("workspace:claim_document", args=[claim.public_id, document.public_id]),
            label="Download",
            document=document,
        )


def _files(claim: Claim) -> Iterator[DocumentRow]:
    """The files that its timeline names, each once."""
    named = claim.events.exclude(transmission=None).order_by().values("transmission")
    files = Transmission.objects.filter(pk__in=named).select_related("connection")
    for file in files.defer("payload", "connection__settings").order_by("-at", "-pk"):
        if not is_about_claims(file.kind):
            continue
        yield DocumentRow(
            title=_FILES.get(file.kind, file.kind),
            detail=file.name or file.control_number,
            on=clock.practice_date(file.at),
            by=f"{'To' if file.direction == Transmission.Direction.OUT else 'From'} {file.connection.name}"
            if file.connection
            else "Brought by hand",
            size=filesizeformat(file.size),
            href=reverse("workspace:claim_file", args=[claim.public_id, file.public_id]),
            label="Segments",
        )


def _letters(claim: Claim, may_print: bool) -> Iterator[DocumentRow]:
    """Letters that were prepared for its denials; each is printed anew from what stands."""
    for denial in Denial.objects.filter(claim=claim, prepared__kind="letter").select_related("payer"):
        missing = letter_refusal(denial)
        printable = may_print and not missing
        yield DocumentRow(
            title="Appeal letter",
            detail=missing or f"To {denial.payer.name}",
            on=clock.practice_date(denial.routed_at),
            by="Prepared for the denial",
            size="",
            href=reverse("denials:letter" if printable else "denials:card", args=[denial.public_id]),
            label="PDF" if printable else "Complete it" if missing else "On the denial's card",
        )
