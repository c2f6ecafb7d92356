"""Files that people keep with a claim: kept, and removed with a reason."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.claims.models import Claim, ClaimDocument, ClaimEvent
from apps.claims.rules.document_file import UnacceptableDocumentError, media_type_of
from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.core.models import User
from apps.core.public_ids import new_public_id

JOURNAL_KIND = "document"
LARGEST_DOCUMENT = 10 * 1024 * 1024


class DocumentGoneError(Exception):
    """Somebody removed it meanwhile. The message says so."""


@transaction.atomic
def keep_document(
    *, claim: Claim, kind: str, name: str, payload: bytes, acting_user: User, now: datetime
) -> ClaimDocument:
    """Stored byte for byte, encrypted, as everything that comes in. Raises UnacceptableDocumentError; then nothing is stored."""
    if len(payload) > LARGEST_DOCUMENT:
        raise UnacceptableDocumentError("The file is larger than 10 MB. Scan it in black and white, or in parts.")
    media_type = media_type_of(payload)
    Claim.objects.select_for_update().get(pk=claim.pk)  # two uploads of one file go one after the other
    standing = ClaimDocument.objects.filter(claim=claim, removed_at=None)
    if standing.filter(transmission__checksum=journal.checksum(payload)).exists():
        raise UnacceptableDocumentError("This file is kept with this claim already.")
    public_id = new_public_id()
    stored, _ = journal.receive(payload, kind=JOURNAL_KIND, name=name[:200], vendor_key=public_id, now=now)
    journal.move(stored, old=Transmission.State.STORED, new=Transmission.State.PROCESSED, now=now)
    kept = ClaimDocument.objects.create(
        public_id=public_id,
        claim=claim,
        kind=ClaimDocument.Kind(kind),
        media_type=media_type,
        transmission=stored,
        kept_at=now,
        kept_by=acting_user,
    )
    _tell(kept, "keep_document", f"Document kept: {kept.get_kind_display()}", acting_user, now)
    return kept


@transaction.atomic
def remove_document(*, document_id: str, because: str, acting_user: User, now: datetime) -> ClaimDocument:
    """It is served no more; that it was there, who removed it and why stay. Raises DocumentGoneError, ClaimDocument.DoesNotExist."""
    rows = ClaimDocument.objects.select_for_update(of=("self",)).select_related("claim__patient")
    document = rows.get(public_id=document_id)
    if document.removed_at is not None:
        raise DocumentGoneError("This document was removed before.")
    document.removed_at, document.removed_by, document.removed_because = now, acting_user, because.strip()[:200]
    document.save(update_fields=["removed_at", "removed_by", "removed_because"])
    _tell(document, "remove_document", f"Document removed: {document.get_kind_display()}", acting_user, now)
    return document


def _tell(document: ClaimDocument, action: str, what: str, acting_user: User, now: datetime) -> None:
    ClaimEvent.objects.create(claim=document.claim, at=now, what=what, actor=acting_user)
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="claim_document",
        subject_public_id=document.public_id,
        patients=[document.claim.patient.public_id],
        claim=document.claim.public_id,
        kind=document.kind,
    )
