"""The way in: a token opens, once it is posted; birth date and ZIP prove who reads (DOMAIN 6)."""

import hmac
from datetime import date, datetime
from enum import Enum

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from apps.audit.trail import record
from apps.core.models import User
from apps.patient_balances.encode import hash_of
from apps.patient_balances.models import MOST_TRIES, PaymentLink
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item


class Closed(Enum):
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    LOCKED = "locked"


class LinkClosedError(Exception):
    """The link opens nothing. `why` chooses the page that says so."""

    def __init__(self, why: Closed) -> None:
        super().__init__(f"The link is {why.value}.")
        self.why = why


def look_up(token: str, *, now: datetime) -> PaymentLink:
    """The link of a token, untouched. Raises LinkClosedError."""
    return usable(PaymentLink.objects.filter(token_hash=hash_of(token)), now=now)


def usable(links: "QuerySet[PaymentLink]", *, now: datetime) -> PaymentLink:
    link = links.select_related("balance__patient").first()
    if link is None:
        raise LinkClosedError(Closed.UNKNOWN)
    if link.revoked_at:
        raise LinkClosedError(Closed.REVOKED)
    if link.is_locked:
        raise LinkClosedError(Closed.LOCKED)
    if link.is_expired(now):
        raise LinkClosedError(Closed.EXPIRED)
    return link


def open_link(token: str, *, now: datetime) -> PaymentLink:
    """Someone pressed the button behind the link. Raises LinkClosedError."""
    link = look_up(token, now=now)
    PaymentLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
    return link


def verify_identity(*, link: PaymentLink, birth_date: date | None, postcode: str, now: datetime) -> bool:
    """Whether both answers are the patient's. Each pair is a try, counted before it is compared, so that no more than five are ever
    compared, however many come at once; a right one gives its try back, the fifth wrong one locks. Raises LinkClosedError once locked.

    Both answers are always compared, in constant time: neither their order nor their time tells which one was wrong.
    """
    number = _take_try(link)
    patient = link.balance.patient
    expected = patient.birth_date.isoformat() if patient.birth_date else ""
    given = birth_date.isoformat() if birth_date else ""
    same_birth = hmac.compare_digest(expected.encode(), given.encode())
    same_place = hmac.compare_digest(patient.postcode[:5].encode(), _five(postcode).encode())
    if same_birth & same_place & bool(expected) & bool(patient.postcode):
        PaymentLink.objects.filter(pk=link.pk).update(
            wrong_tries=F("wrong_tries") - 1, verified_at=Coalesce(F("verified_at"), now)
        )
        return True
    if number == MOST_TRIES:
        _tell_locked(link, now)
        raise LinkClosedError(Closed.LOCKED)
    return False


@transaction.atomic
def _take_try(link: PaymentLink) -> int:
    """Which try this is. The row is locked from the update on, so that each number is given once. Raises LinkClosedError."""
    if not PaymentLink.objects.filter(pk=link.pk, wrong_tries__lt=MOST_TRIES).update(wrong_tries=F("wrong_tries") + 1):
        raise LinkClosedError(Closed.LOCKED)
    link.refresh_from_db(fields=["wrong_tries"])
    return link.wrong_tries


def _five(postcode: str) -> str:
    return "".join(sign for sign in postcode if sign.isdigit())[:5]


def _tell_locked(link: PaymentLink, now: datetime) -> None:
    open_item(
        kind="link_locked",
        title="A payment link was locked after five wrong answers: call the patient",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="balances:detail",
        subject_public_id=link.balance.public_id,
        now=now,
    )


@transaction.atomic
def revoke_link(*, link_id: str, acting_user: User, now: datetime) -> None:
    """It opens nothing any more, also for somebody who is inside."""
    link = PaymentLink.objects.select_related("balance__patient").get(public_id=link_id)
    PaymentLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now)
    record(
        "revoke_link",
        acting_user=acting_user,
        now=now,
        subject_kind="payment_link",
        subject_public_id=link.public_id,
        patients=[link.balance.patient.public_id],
    )
