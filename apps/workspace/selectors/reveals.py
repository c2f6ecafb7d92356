"""What can be seen whole where pages mask it: the kinds that `{% identity %}`, `{% segments %}` and `{% raw %}` name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from apps.connectors.payloads import opened
from apps.core.identity import NamedSegment
from apps.core.plain_codes import whole_number
from apps.denials.models import Denial
from apps.denials.selectors import card
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors.facts import other_member_id, raw_answer
from apps.intake.models import Coverage
from apps.practice.roles import Permission
from apps.remittances.models import RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.selectors import pages, raw
from apps.workspace.rules.excerpt import excerpt
from apps.workspace.selectors import claim_page, timeline
from apps.x12.explain import explain


@dataclass(frozen=True, slots=True)
class Revealed:
    """`number` or `segments`, whole; `patients` are public ids, for the trail."""

    title: str
    back: str
    patients: Sequence[str] = ()
    number: str = ""
    segments: Sequence[NamedSegment] = ()


Find = Callable[..., Revealed | None]


def find(kind: str, of: str) -> Revealed | None:
    """Nothing where no such row is."""
    found: Revealed | None = KINDS[kind][1](of)
    return found


def coverage(public_id: str) -> Revealed | None:
    row = Coverage.objects.filter(public_id=public_id).select_related("patient").first()
    if row is None:
        return None
    patient = row.patient.public_id
    return Revealed("Member ID", reverse("workspace:patient", args=[patient]), [patient], row.member_id)


def other_plan(public_id: str) -> Revealed | None:
    row = _check(public_id)
    if row is None or not other_member_id(row):
        return None
    back = reverse("eligibility:check", args=[public_id])
    return Revealed("Member ID at the other plan", back, [row.coverage.patient.public_id], other_member_id(row))


def eligibility_check(public_id: str) -> Revealed | None:
    row = _check(public_id)
    if row is None:
        return None
    back = reverse("eligibility:check", args=[public_id])
    patients = [row.coverage.patient.public_id]
    return Revealed("The payer's reply, as it came", back, patients, segments=raw_answer(row))


def _check(public_id: str) -> EligibilityCheck | None:
    rows = EligibilityCheck.objects.select_related("coverage__patient", "answer")
    return rows.filter(public_id=public_id).first()


def denial(public_id: str) -> Revealed | None:
    row = card.with_everything(Denial.objects.all()).filter(public_id=public_id).first()
    if row is None:
        return None
    back, patients = reverse("denials:card", args=[public_id]), [row.claim.patient.public_id]
    return Revealed("The remittance's own words", back, patients, segments=card.excerpt(row))


def claim_file(of: str) -> Revealed | None:
    claim_id, file_id, meant = _parts(of, 3)
    claim = claim_page.find_claim(claim_id)
    file = timeline.file_of(claim, file_id) if claim else None
    if claim is None or file is None:
        return None
    segments = excerpt(
        explain(opened(file)),
        kind=file.kind,
        control_number=claim.control_number,
        meant=whole_number(meant),
    )
    back = reverse("workspace:claim", args=[claim_id])
    return Revealed(f"{file.kind} of claim {claim.control_number}", back, [claim.patient.public_id], segments=segments)


def remittance_file(public_id: str) -> Revealed | None:
    file = pages.find_file(public_id)
    return (
        _of_file(file, raw.file_segments(file), _patients_of(RemittedClaim.objects.filter(payment__file=file)))
        if file
        else None
    )


def remittance_payment(of: str) -> Revealed | None:
    file_id, number = _parts(of, 2)
    rows = RemittancePayment.objects.filter(file__public_id=file_id, number=whole_number(number) or 0)
    row = rows.select_related("file__transmission").first()
    return (
        _of_file(row.file, raw.payment_segments(row), _patients_of(RemittedClaim.objects.filter(payment=row)))
        if row
        else None
    )


def remitted_claim(of: str) -> Revealed | None:
    file_id, payment, number = _parts(of, 3)
    file = pages.find_file(file_id)
    row = pages.find_remitted_claim(file, whole_number(payment) or 0, whole_number(number) or 0) if file else None
    return _of_file(row.payment.file, raw.claim_segments(row), _patients(row)) if row else None


def remittance_exception(public_id: str) -> Revealed | None:
    row = pages.find_exception(public_id)
    if row is None:
        return None
    back = reverse("remittances:exception", args=[public_id])
    if row.remitted_claim:
        segments, patients = raw.claim_segments(row.remitted_claim), _patients(row.remitted_claim)
    else:
        segments = raw.payment_segments(row.payment) if row.payment else raw.file_segments(row.file)
        shown = RemittedClaim.objects.filter(payment__file=row.file)
        patients = _patients_of(shown.filter(payment=row.payment) if row.payment else shown)
    return Revealed("The segments themselves", back, patients, segments=segments)


def _of_file(file: RemittanceFile, segments: list[NamedSegment], patients: list[str]) -> Revealed:
    back = reverse("remittances:file", args=[file.public_id])
    return Revealed("As the payer wrote it", back, patients, segments=segments)


def _patients(row: RemittedClaim) -> list[str]:
    return [row.claim.patient.public_id] if row.claim else []


def _patients_of(rows: "QuerySet[RemittedClaim]") -> list[str]:
    """Of every claim in what is shown; the trail asks who saw a patient, and each stands there by name."""
    return sorted(set(rows.exclude(claim=None).values_list("claim__patient__public_id", flat=True)))


def _parts(of: str, count: int) -> list[str]:
    return [*of.split("/"), *[""] * count][:count]


KINDS: dict[str, tuple[Permission, Find]] = {
    "coverage": (Permission.VIEW_ELIGIBILITY, coverage),
    "other_plan": (Permission.VIEW_ELIGIBILITY, other_plan),
    "eligibility_check": (Permission.VIEW_ELIGIBILITY, eligibility_check),
    "denial": (Permission.VIEW_DENIALS, denial),
    "claim_file": (Permission.VIEW_CLAIMS, claim_file),
    "remittance_file": (Permission.VIEW_REMITTANCES, remittance_file),
    "remittance_payment": (Permission.VIEW_REMITTANCES, remittance_payment),
    "remitted_claim": (Permission.VIEW_REMITTANCES, remitted_claim),
    "remittance_exception": (Permission.VIEW_REMITTANCES, remittance_exception),
}
