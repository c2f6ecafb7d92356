"""Claims as snapshots, any number of them in a constant number of queries."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from apps.claims.models import Claim, ClaimLine
from apps.claims.rules.snapshot import (
    AddressView,
    BillingView,
    ClaimView,
    FacilityView,
    LineView,
    OtherProviderView,
    PayerView,
    PersonView,
    ProviderView,
)
from apps.claims.rules.surroundings import NOTHING_AROUND
from apps.claims.selectors.canceled_visits import canceled_visits
from apps.claims.selectors.coordination import other_payers
from apps.claims.selectors.enrollments import enrollments
from apps.claims.selectors.filing import answered_on, filing_clocks, was_answered
from apps.claims.selectors.parties import claims_channels, coverage_view, payer_view
from apps.claims.selectors.surroundings import surroundings
from apps.claims.selectors.telehealth import telehealth_policies
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.eligibility.selectors.self_pay import self_pay_agreements
from apps.intake.models import Encounter, Patient, VisitConflict
from apps.practice.models import Practice, Provider
from apps.practice.models.places import Address
from apps.practice.selectors.billing import billing_physician


def snapshots(claim_ids: Collection[int], *, today: date, for_rules: bool = False) -> dict[int, ClaimView]:
    """Claim's key to its snapshot, in the keys' order of the database. `for_rules`: with what stands around it; an encoder needs none."""
    # Read one after the other by key: a join of them all takes minutes where the database takes the tables for empty.
    related = ("patient", "coverage", "payer", "provider", "encounter__location")
    claims = list(Claim.objects.filter(pk__in=claim_ids).prefetch_related(*related).order_by("pk"))
    lines: dict[int, list[LineView]] = {claim.pk: [] for claim in claims}
    left_out: dict[int, list[LineView]] = {claim.pk: [] for claim in claims}
    for line in ClaimLine.objects.filter(claim__in=claim_ids).order_by("claim_id", "number"):
        (left_out if line.left_out else lines)[line.claim_id].append(_line(line))
    payers = _payer_views(claims, on=today)
    self_pay, others = _agreed_self_pay(claims), other_payers(claims, on=today)
    answers = answered_on(claims)
    around = surroundings(claims, lines, left_out) if for_rules else {}
    at_distance = telehealth_policies(claims) if for_rules else {}
    enrolled = enrollments(claims) if for_rules else {}
    retold, canceled = (_retold(claims), canceled_visits(claims)) if for_rules else ({}, frozenset())
    practice = Practice.objects.first()
    billing = _billing(practice) if practice else None
    views = {
        claim.pk: _claim(claim, tuple(lines[claim.pk]), billing, payers[claim.payer_id], today) for claim in claims
    }
    return {
        claim.pk: replace(
            views[claim.pk],
            payer=replace(payers[claim.payer_id], telehealth=at_distance.get(claim.pk)),
            total=claim.total - sum((line.amount for line in left_out[claim.pk]), ZERO),
            agreed_self_pay=(claim.patient_id, claim.service_date) in self_pay,
            others=others.get(claim.pk, ()),
            was_answered=was_answered(claim),
            answered_on=answers.get(claim.pk),
            enrollments=enrolled.get(claim.pk),
            enrollment_unknown=claim.pk in enrolled and enrolled[claim.pk] is None,
            retold_on=retold.get(claim.encounter_id),
            visit_canceled=claim.encounter_id in canceled,
            around=around.get(claim.pk, NOTHING_AROUND),
        )
        for claim in claims
    }


def _payer_views(claims: Collection[Claim], *, on: date) -> dict[int, PayerView]:
    known = {claim.payer_id: claim.payer for claim in claims}
    ids, clocks = claims_channels(known.values(), on=on), filing_clocks(known)
    return {pk: payer_view(payer, ids[pk], clocks) for pk, payer in known.items()}


def _agreed_self_pay(claims: Collection[Claim]) -> set[tuple[int, date]]:
    """Patients and days of visits of which the front desk's last word was that the patient pays."""
    agreed = self_pay_agreements().filter(
        coverage__patient__in={claim.patient_id for claim in claims},
        service_date__in={claim.service_date for claim in claims},
    )
    return set(agreed.values_list("coverage__patient", "service_date"))


def _retold(claims: Collection[Claim]) -> dict[int, date]:
    """Visits that the EHR tells otherwise, with the day of its first such word, while nobody has decided."""
    rows = VisitConflict.objects.filter(
        encounter__in={claim.encounter_id for claim in claims}, state=VisitConflict.State.OPEN
    )
    return {visit: practice_date(since) for visit, since in rows.values_list("encounter", "first_told_at")}


def _claim(
    claim: Claim, lines: tuple[LineView, ...], billing: BillingView | None, payer: PayerView, today: date
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
        payer=payer,
        provider=_provider(claim.provider),
        today=today,
        billing=billing,
        facility=_facility(claim.encounter),
        frequency=claim.frequency,
        payer_rank=claim.payer_rank,
        payer_claim_number=claim.payer_claim_number,
        prior_authorization=claim.prior_authorization,
        abn_signed_on=claim.encounter.abn_signed_on,
        referral_number=claim.referral_number,
        accident_causes=tuple(claim.accident_causes),
        accident_date=claim.accident_date,
        accident_state=claim.accident_state,
        referring=_other_provider(claim, "referring"),
        supervising=_other_provider(claim, "supervising"),
        ordering=_other_provider(claim, "ordering"),
    )


def _other_provider(claim: Claim, role: str) -> OtherProviderView | None:
    """None where nothing of the provider is told."""
    parts = [getattr(claim, f"{role}_{part}") for part in ("first_name", "last_name", "npi")]
    return OtherProviderView(*parts) if any(parts) else None


def _line(line: ClaimLine) -> LineView:
    return LineView(
        line.number,
        line.control_number,
        line.procedure,
        line.amount,
        line.units,
        tuple(line.modifiers),
        tuple(line.diagnosis_pointers),
        line.ndc,
        line.ndc_units,
        line.ndc_unit_measure,
    )


def _address(row: Address) -> AddressView:
    return AddressView(row.line1, row.line2, row.city, row.state, row.postcode)


def _billing(row: Practice) -> BillingView:
    physician = billing_physician(row)
    names = (physician.first_name, physician.last_name) if physician else ()
    numbers = (row.npi, row.tax_id, row.tax_id_kind, row.trading_id, row.taxonomy)
    return BillingView(row.name, *numbers, row.phone, _address(row), *names)


def _patient(row: Patient) -> PersonView:
    return PersonView(row.first_name, row.last_name, row.birth_date, row.sex)


def _provider(row: Provider) -> ProviderView:
    return ProviderView(row.first_name, row.last_name, row.npi, row.taxonomy, row.confirmed, row.active)


def _facility(row: Encounter) -> FacilityView | None:
    place = row.location
    if place is None:
        return None
    return FacilityView(place.name, place.npi, _address(place), place.clia_number, place.clia_certificate)
