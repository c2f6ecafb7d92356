"""Claims as snapshots, any number of them in a constant number of queries."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apps.claims.models import Claim, ClaimLine
from apps.claims.rules.snapshot import (
    AddressView,
    BillingView,
    ClaimView,
    FacilityView,
    FilingClock,
    LineView,
    PersonView,
    ProviderView,
)
from apps.claims.rules.surroundings import NOTHING_AROUND
from apps.claims.selectors.coordination import other_payers
from apps.claims.selectors.parties import coverage_view, payer_view
from apps.claims.selectors.surroundings import surroundings
from apps.core.money import ZERO
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Encounter, Patient
from apps.practice.models import PayerDeadline, Practice, Provider
from apps.practice.models.places import Address


@dataclass(frozen=True, slots=True)
class _Clocks:
    """By payer; those that nobody has configured are missing."""

    first: dict[int, int]
    further: dict[int, FilingClock]


def snapshots(claim_ids: Collection[int], *, today: date, for_rules: bool = False) -> dict[int, ClaimView]:
    """Claim's key to its snapshot, in the keys' order of the database. `for_rules`: with what stands around it; an encoder needs none."""
    related = ("patient", "coverage", "payer", "provider", "encounter__location")
    claims = list(Claim.objects.filter(pk__in=claim_ids).select_related(*related).order_by("pk"))
    lines: dict[int, list[LineView]] = {claim.pk: [] for claim in claims}
    left_out: dict[int, Decimal] = {}
    for line in ClaimLine.objects.filter(claim__in=claim_ids).order_by("claim_id", "number"):
        if line.left_out:
            left_out[line.claim_id] = left_out.get(line.claim_id, ZERO) + line.amount
        else:
            lines[line.claim_id].append(_line(line))
    clocks = _filing_clocks()
    self_pay, others = _agreed_self_pay(claims), other_payers(claims)
    around = surroundings(claims, lines) if for_rules else {}
    practice = Practice.objects.first()
    billing = _billing(practice) if practice else None
    views = {claim.pk: _claim(claim, tuple(lines[claim.pk]), billing, clocks, today) for claim in claims}
    return {
        claim.pk: replace(
            views[claim.pk],
            total=claim.total - left_out.get(claim.pk, ZERO),
            agreed_self_pay=(claim.patient_id, claim.service_date) in self_pay,
            others=others.get(claim.pk, ()),
            around=around.get(claim.pk, NOTHING_AROUND),
        )
        for claim in claims
    }


def _filing_clocks() -> _Clocks:
    clocks = _Clocks({}, {})
    kinds = PayerDeadline.Kind
    rows = PayerDeadline.objects.filter(kind__in=(kinds.FILING, kinds.FURTHER_FILING))
    for payer, kind, days, counted_from in rows.values_list("payer_id", "kind", "days", "counted_from"):
        if kind == kinds.FILING:
            clocks.first[payer] = days
        else:
            clocks.further[payer] = FilingClock(days, counted_from == PayerDeadline.CountedFrom.SERVICE)
    return clocks


def _agreed_self_pay(claims: Collection[Claim]) -> set[tuple[int, date]]:
    """Patients and days of visits of which the front desk's last word was that the patient pays."""
    days = {claim.service_date for claim in claims}
    patients = {claim.patient_id for claim in claims}
    settled = EligibilityCheck.objects.filter(coverage__patient__in=patients, service_date__in=days).exclude(
        settlement=""
    )
    last = {
        (patient, day): settlement
        for patient, day, settlement in settled.order_by("settled_at", "pk").values_list(
            "coverage__patient", "service_date", "settlement"
        )
    }
    return {visit for visit, settlement in last.items() if settlement == EligibilityCheck.Settlement.SELF_PAY}


def _claim(
    claim: Claim, lines: tuple[LineView, ...], billing: BillingView | None, clocks: _Clocks, today: date
) -> ClaimView:
    return ClaimView(
        control_number=claim.control_number,
        service_date=claim.service_date,
        place_of_service=claim.place_of_service,
        total=claim.total,
        diagnoses=tuple(claim.diagnoses),
        lines=lines,
        patient=_patient(claim.patient),
        patient_address=_address(claim.patient),
        coverage=coverage_view(claim.coverage),
        payer=payer_view(claim.payer, clocks.first.get(claim.payer_id), clocks.further.get(claim.payer_id)),
        provider=_provider(claim.provider),
        today=today,
        billing=billing,
        facility=_facility(claim.encounter),
        frequency=claim.frequency,
        payer_rank=claim.payer_rank,
        payer_claim_number=claim.payer_claim_number,
        prior_authorization=claim.prior_authorization,
    )


def _line(line: ClaimLine) -> LineView:
    return LineView(
        line.number,
        line.control_number,
        line.procedure,
        line.amount,
        line.units,
        tuple(line.modifiers),
        tuple(line.diagnosis_pointers),
    )


def _address(row: Address) -> AddressView:
    return AddressView(row.line1, row.line2, row.city, row.state, row.postcode)


def _billing(row: Practice) -> BillingView:
    return BillingView(row.name, row.npi, row.tax_id, row.taxonomy, row.phone, _address(row))


def _patient(row: Patient) -> PersonView:
    return PersonView(row.first_name, row.last_name, row.birth_date, row.sex)


def _provider(row: Provider) -> ProviderView:
    return ProviderView(row.first_name, row.last_name, row.npi, row.taxonomy, row.confirmed, row.active)


def _facility(row: Encounter) -> FacilityView | None:
    place = row.location
    return FacilityView(place.name, place.npi, _address(place)) if place else None
