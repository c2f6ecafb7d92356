from datetime import datetime

from django.db import transaction

from apps.core.models import User
from apps.denials.models import Denial
from apps.denials.rules import letters, prepare
from apps.denials.services.take_denial import OPEN, DenialClosedError, audit, take_denial
from apps.practice.models import Practice

# WeasyPrint loads these from the system.
PDF_REMEDY = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PrintingError(Exception):
    """The letter cannot be printed; the message says what to do."""


@transaction.atomic
def write_letter(*, denial_id: str, subject: str, text: str, acting_user: User, now: datetime) -> str:
    """Keep the letter as a person wrote it; paragraphs are parted by empty lines. Returns why it cannot be sent yet, or "".

    Raises DenialClosedError.
    """
    denial = take_denial(denial_id, now=now, states=OPEN)
    if denial.prepared.get("kind") != "letter":
        raise DenialClosedError("No letter was prepared for this denial.")
    paragraphs = [" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    denial.prepared = {**denial.prepared, "subject": subject.strip()[:200], "paragraphs": paragraphs}
    denial.save(update_fields=["prepared"])
    audit("write_letter", denial, acting_user=acting_user, now=now)
    return letter_refusal(denial)


def letter_refusal(denial: Denial) -> str:
    """Why the prepared letter cannot be sent, or ""."""
    stored = denial.prepared
    return letters.refusal(stored["subject"], stored["paragraphs"], may_appeal=prepare.may_appeal(denial.remark_codes))


def print_letter(denial: Denial) -> bytes:
    """The letter as PDF. Raises PrintingError while it is not complete, or where this machine cannot make PDFs."""
    if denial.prepared.get("kind") != "letter":
        raise PrintingError("No letter was prepared for this denial.")
    refusal = letter_refusal(denial)
    if refusal:
        raise PrintingError(refusal)
    try:
        from apps.denials.encode.pdf import letter_pdf
    except OSError as missing:
        raise PrintingError(f"PDFs need the Pango library: {PDF_REMEDY}.") from missing
    return letter_pdf(
        practice=Practice.objects.first(),
        payer=denial.payer.name,
        letter_date=denial.prepared["letter_date"],
        subject=denial.prepared["subject"],
        paragraphs=denial.prepared["paragraphs"],
    )
