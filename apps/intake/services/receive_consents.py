"""Take in consents as the EHR has them. A patient's STOP to us outlasts an older yes in the EHR (47 CFR 64.1200(a)(10))."""

from collections.abc import Iterable
from datetime import datetime

from apps.connectors.ports.ehr import EhrConsent, EhrPatient
from apps.core.clock import practice_date
from apps.intake.models import Consent, Patient

IN_THE_EHR = "Withdrawn in the EHR"
Address = tuple[int, str, str]


def receive_consents(told: Iterable[EhrPatient], rows: dict[str, Patient], *, now: datetime) -> None:
    answers = {
        (rows[each.source_id].pk, answer.channel, answer.address): answer for each in told for answer in each.consents
    }
    known: dict[Address, list[Consent]] = {}
    for row in Consent.objects.filter(patient__in={key[0] for key in answers}):
        known.setdefault((row.patient_id, row.channel, row.address), []).append(row)
    fresh = [_new(key, answer, now) for key, answer in answers.items() if _counts(answer, known.get(key, []))]
    withdrawn = [row.pk for key, answer in answers.items() if not answer.given for row in known.get(key, [])]
    if withdrawn:
        Consent.objects.filter(pk__in=withdrawn, revoked_at=None).update(revoked_at=now, revoked_by_text=IN_THE_EHR)
    Consent.objects.bulk_create(fresh)


def _counts(answer: EhrConsent, known: list[Consent]) -> bool:
    """A yes that is not on record yet, and that no withdrawal followed. An undated yes never outlasts a withdrawal."""
    if not answer.given:
        return False
    if answer.given_on is None:
        return not known
    return all(row.revoked_at and practice_date(row.revoked_at) < answer.given_on for row in known)


def _new(key: Address, answer: EhrConsent, now: datetime) -> Consent:
    patient_id, channel, address = key
    return Consent(
        patient_id=patient_id,
        channel=channel,
        address=address[:120],
        given_on=answer.given_on or practice_date(now),
        wording=answer.wording[:300],
        source=(answer.source or "EHR")[:60],
    )
