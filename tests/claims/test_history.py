"""What the scrubber reads of before: earlier lines, substitutions, hospice elections."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.claims.models import Claim, ClaimLine, Finding
from apps.claims.rules.code_facts import Kind
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.intake.models import HospiceElection, Patient
from apps.intake.services import HospiceDatesError, record_hospice_election
from tests.claims.test_surroundings import DAY, INTERNAL_MEDICINE, again, around, claim
from tests.factories.claims import AdjudicationFactory
from tests.factories.code_edits import CodeFactFactory
from tests.factories.practice import PracticeFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db


def seen(one: Claim) -> list[tuple[str, date, bool, int]]:
    return [(line.procedure, line.day, line.same_specialty, line.global_days) for line in around(one).earlier]


def test_operations_carry_the_days_of_their_own_date() -> None:
    CodeFactFactory(
        kind=Kind.GLOBAL, code="11750", value="010", effective_on=date(2020, 1, 1), ends_on=date(2026, 8, 31)
    )
    CodeFactFactory(kind=Kind.GLOBAL, code="11750", value="000", effective_on=date(2026, 9, 1))
    one = claim("99213")
    again(one, "11750", "99213", service_date=date(2026, 8, 30))
    again(one, "11750", service_date=date(2026, 9, 2))
    again(one, "11750", service_date=DAY)
    assert seen(one) == [
        ("11750", date(2026, 8, 30), True, 10),
        ("11750", date(2026, 9, 2), True, 0),
        ("11750", DAY, True, 0),
    ]


@pytest.mark.parametrize(
    ("code", "day", "is_seen"),
    [
        ("G0438", date(2019, 1, 5), True),
        ("99490", date(2026, 9, 1), True),
        ("99490", date(2026, 9, 30), True),
        ("11750", date(2026, 6, 20), True),
        ("11750", date(2026, 6, 1), False),
        ("99213", date(2026, 9, 1), False),
    ],
)
def test_only_what_a_rule_asks_for_is_read(code: str, day: date, is_seen: bool) -> None:
    one = claim("99213")
    again(one, code, service_date=day)
    assert bool(seen(one)) is is_seen


@pytest.mark.parametrize(
    ("status", "ahead"),
    [(ClaimStatus.DRAFT, [False]), (ClaimStatus.PAID, [True]), (ClaimStatus.VOIDED, []), (ClaimStatus.WRITTEN_OFF, [])],
)
def test_a_claim_given_up_is_no_history_and_one_that_waits_here_is_behind(
    status: ClaimStatus, ahead: list[bool]
) -> None:
    one = claim("99490")
    again(one, "99490", status=status, service_date=date(2026, 9, 1))
    assert [line.ahead for line in around(one).earlier] == ahead


@pytest.mark.parametrize(
    ("status", "answer", "had"),
    [
        (ClaimStatus.DENIED, {"denied": Decimal("148.00")}, False),
        (ClaimStatus.DENIED, {"denied": Decimal("148.00"), "reversed": True}, True),
        (ClaimStatus.PARTLY_DENIED, {"denied": Decimal("20.00")}, True),
        (ClaimStatus.PAID, {}, True),
        (ClaimStatus.SUBMITTED, {"denied": Decimal("148.00")}, True),  # sent anew
    ],
)
def test_a_service_that_its_payer_refused_was_not_had(status: ClaimStatus, answer: dict[str, Any], had: bool) -> None:
    one = claim("G0439")
    earlier = again(one, "G0439", status=status, service_date=date(2026, 3, 1))
    AdjudicationFactory(claim=earlier, **answer)
    assert bool(seen(one)) is had


@pytest.mark.parametrize(("frequency", "had"), [("1", True), ("7", True), ("8", False)])
def test_a_visit_that_is_being_voided_was_not_had(frequency: str, had: bool) -> None:
    one = claim("99203")
    earlier = again(one, "G0438", "99213", status=ClaimStatus.SUBMITTED, service_date=date(2026, 3, 1))
    Claim.objects.filter(pk=earlier.pk).update(frequency=frequency)
    assert bool(seen(one)) is had
    assert (around(one).seen_on is not None) is had


def test_a_colleague_of_another_specialty_and_another_patient_are_told_apart() -> None:
    one = claim("99213")
    again(one, "11750", service_date=date(2026, 9, 1), provider=ProviderFactory(taxonomy=INTERNAL_MEDICINE))
    again(one, "11750", service_date=date(2026, 9, 2), provider=ProviderFactory())
    claim("11750", service_date=date(2026, 9, 3))
    assert [(day, same) for _, day, same, _ in seen(one)] == [(date(2026, 9, 1), False), (date(2026, 9, 2), True)]


def substituted(one: Claim, day: date, modifier: str | None = "Q6") -> None:
    """Another patient's visit under the same provider's name."""
    other = claim("99213", provider=one.provider, service_date=day)
    if modifier:
        ClaimLine.objects.filter(claim=other).update(modifiers=[modifier])


@pytest.mark.long
def test_a_substitution_runs_from_its_first_day_since_the_provider_was_last_there() -> None:
    one = claim("99213")
    assert around(one).substituted_since is None
    ClaimLine.objects.filter(claim=one).update(modifiers=["Q6"])
    assert around(one).substituted_since == DAY
    for day, modifier in (
        (date(2026, 4, 1), "Q6"),
        (date(2026, 6, 1), None),
        (date(2026, 7, 6), "Q5"),
        (date(2026, 8, 6), "Q6"),
    ):
        substituted(one, day, modifier)
    assert around(one).substituted_since == date(2026, 7, 6)
    claim("81003", provider=one.provider, service_date=date(2026, 9, 1))
    assert around(one).substituted_since == date(2026, 7, 6)


def elect(patient: Patient, user: User, now: datetime, begins: date, ends: date | None = None) -> HospiceElection:
    return record_hospice_election(
        patient_id=patient.public_id, starts_on=begins, ends_on=ends, source="Letter", acting_user=user, now=now
    )


@pytest.mark.parametrize(
    ("begins", "ends", "in_force"),
    [
        (DAY, None, True),
        (DAY, DAY, True),
        (date(2026, 9, 17), None, False),
        (date(2026, 8, 1), date(2026, 9, 15), False),
    ],
)
def test_an_election_counts_on_its_days(begins: date, ends: date | None, in_force: bool, now: datetime) -> None:
    one = claim("99213")
    elect(one.patient, UserFactory(), now, begins, ends)
    assert around(one).hospice_since == (begins if in_force else None)
    assert around(claim("99213")).hospice_since is None


def test_elections_do_not_overlap_and_the_same_day_again_sets_the_end(now: datetime) -> None:
    one, user = claim("99213"), UserFactory()

    def enter(*dates: Any) -> HospiceElection:
        return elect(one.patient, user, now, *dates)

    enter(date(2026, 8, 1))
    for wrong in ((date(2026, 9, 1),), (date(2026, 7, 1), date(2026, 8, 1)), (date(2026, 9, 1), date(2026, 8, 1))):
        with pytest.raises(HospiceDatesError):
            enter(*wrong)
    enter(date(2026, 8, 1), date(2026, 8, 20))
    enter(date(2026, 8, 20) + timedelta(days=1))
    assert list(HospiceElection.objects.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2026, 8, 1), date(2026, 8, 20)),
        (date(2026, 8, 21), None),
    ]


def test_critical_care_that_a_colleague_began_is_known(now: datetime) -> None:
    PracticeFactory()
    one = claim("99291")
    one.provider.taxonomy = "207R00000X"
    one.provider.save()
    two = again(one, "99292", provider=ProviderFactory(taxonomy="207R00000X"))
    other = again(one, "99292", provider=ProviderFactory(taxonomy="208000000X"))
    scrub_claims(now=now)
    held = Finding.objects.filter(rule="NCCI-ADDON", claim__in=(two, other)).values_list("claim", flat=True)
    assert list(held) == [other.pk]


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("99490", "99490", "PX-CARE-MANAGEMENT"),
        ("99490", "99487", "PX-CARE-MANAGEMENT"),
        ("99495", "99496", "PX-CARE-MANAGEMENT"),
        ("G0438", "G0439", "PX-AWV"),
    ],
)
def test_what_a_colleague_billed_the_same_day_holds_the_later_claim_only(
    first: str, second: str, rule: str, now: datetime
) -> None:
    PracticeFactory()
    one = claim(first)
    one.payer.filing_indicator = "MB"
    one.payer.save()
    two = again(one, second, provider=ProviderFactory())
    scrub_claims(now=now)
    held = Finding.objects.filter(rule=rule).values_list("claim", flat=True)
    assert list(held) == [two.pk]
