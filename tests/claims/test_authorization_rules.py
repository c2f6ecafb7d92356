"""Authorizations and referrals: the rules by table, and how they get their facts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.rules.authorization_view import AuthorizationView
from apps.claims.rules.findings import Fix, Found
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import Surroundings
from apps.claims.selectors.authorizations import authorizations_of, wanted_numbers
from apps.claims.selectors.snapshots import snapshots
from apps.claims.states import ClaimStatus
from apps.intake.models import Authorization
from apps.intake.services import TypedAuthorization, save_authorization
from apps.practice.models import AuthorizationRequirement, RequiredNumber
from tests.claims.sound import SOUND, billing
from tests.factories.claims import AdjudicationFactory, ClaimFactory
from tests.factories.intake import CoverageFactory, EncounterFactory

DAY = SOUND.service_date
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
WANTED = {"70553": ("authorization",)}
REFERRED = {"99213": ("referral",)}
GIVEN = AuthorizationView("authorization", "A1", ("70553",), BEFORE, AFTER, Decimal(3))
SENT = AuthorizationView("referral", "R1", (), None, None, Decimal(2))


def found(claim: ClaimView, *on_file: AuthorizationView, wanted: dict[str, tuple[str, ...]] = WANTED) -> list[Found]:
    told = scrub(replace(claim, around=Surroundings(authorizations=on_file, wanted=wanted)))
    return [each for each in told if each.rule.code.startswith("COV-AUTH")]


def scan(units: str = "1", **fields: Any) -> ClaimView:
    return billing(f"70553*{units}", "99213", **fields)


@pytest.mark.parametrize(
    ("claim", "on_file", "rules"),
    [
        (scan(), (), ["COV-AUTH-MISSING"]),
        (billing("99213"), (), []),
        (scan(frequency="8", payer_claim_number="P1"), (), []),
        (scan(prior_authorization="X9"), (), []),
        (scan(prior_authorization="A1"), (GIVEN,), []),
        (scan(prior_authorization="A1"), (replace(GIVEN, starts_on=DAY, ends_on=DAY),), []),
        (scan(prior_authorization="A1"), (replace(GIVEN, starts_on=AFTER),), ["COV-AUTH-DATES"]),
        (scan(prior_authorization="A1"), (replace(GIVEN, ends_on=BEFORE),), ["COV-AUTH-DATES"]),
        (scan(prior_authorization="A1"), (replace(GIVEN, kind="referral", ends_on=BEFORE),), []),
        (scan(prior_authorization="A1"), (replace(GIVEN, procedures=("70551",)),), ["COV-AUTH-SERVICE"]),
        (scan(prior_authorization="A1"), (replace(GIVEN, procedures=()),), []),
        (scan("3", prior_authorization="A1"), (GIVEN,), []),
        (scan("4", prior_authorization="A1"), (GIVEN,), ["COV-AUTH-UNITS"]),
        (scan("2", prior_authorization="A1"), (replace(GIVEN, used=Decimal(2)),), ["COV-AUTH-UNITS"]),
        (scan("9", prior_authorization="A1"), (replace(GIVEN, allowed=None),), []),
    ],
)
def test_an_authorization_is_there_in_force_for_the_service_and_not_used_up(
    claim: ClaimView, on_file: tuple[AuthorizationView, ...], rules: list[str]
) -> None:
    assert [each.rule.code for each in found(claim, *on_file)] == rules


def test_what_is_used_up_is_told_in_units() -> None:
    (one,) = found(scan("2", prior_authorization="A1"), replace(GIVEN, used=Decimal("2.000")))
    assert one.issue.sentence == "An authorization A1 allows 3 units; other claims use 2, this one 2."


@pytest.mark.parametrize(("used", "rules"), [(1, []), (2, ["COV-AUTH-UNITS"])])
def test_a_referral_is_used_by_the_visit(used: int, rules: list[str]) -> None:
    claim = billing("99213*1", "93000*4", referral_number="R1")
    told = found(claim, replace(SENT, used=Decimal(used)), wanted=REFERRED)
    assert [each.rule.code for each in told] == rules


def test_a_referral_that_is_wanted_and_missing_is_told_by_its_field() -> None:
    (one,) = found(billing("99213"), wanted=REFERRED)
    assert (one.rule.code, one.issue.field, one.issue.fix) == ("COV-AUTH-MISSING", "claim.referral_number", None)
    assert "wants a referral for 99213" in one.issue.sentence


@pytest.mark.parametrize(
    ("on_file", "fits"),
    [
        ((GIVEN,), True),
        ((GIVEN, replace(GIVEN, number="A2")), False),
        ((GIVEN, replace(GIVEN, number="A2", ends_on=BEFORE)), True),
        ((GIVEN, replace(GIVEN, number="A2", used=Decimal(3))), True),
        ((replace(GIVEN, kind="referral"),), False),
        ((replace(GIVEN, procedures=("70551",)),), False),
    ],
)
def test_the_one_that_fits_is_offered_by_one_click(on_file: tuple[AuthorizationView, ...], fits: bool) -> None:
    (one,) = found(scan(), *on_file)
    assert one.issue.fix == (Fix("claim.prior_authorization", "A1", "Use A1") if fits else None)


def around(claim: Claim) -> Surroundings:
    return snapshots([claim.pk], today=DAY, for_rules=True)[claim.pk].around


def require(claim: Claim, **fields: Any) -> None:
    given = {"payer": claim.payer, "procedure": "99213", "starts_on": date(2026, 1, 1), "source": "Manual, page 3"}
    AuthorizationRequirement.objects.create(**{**given, **fields})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, True),
        ({"starts_on": DAY, "ends_on": DAY}, True),
        ({"starts_on": AFTER}, False),
        ({"ends_on": BEFORE}, False),
        ({"procedure": "70553"}, False),
    ],
)
def test_a_payer_wants_a_number_on_the_days_of_its_requirement(fields: dict[str, Any], wanted: bool) -> None:
    claim = ClaimFactory()
    require(ClaimFactory())
    require(claim, **fields)
    assert around(claim).wanted == ({"99213": ("authorization",)} if wanted else {})


def authorize(claim: Claim, **fields: Any) -> Authorization:
    given = {"patient": claim.patient, "payer": claim.payer, "number": "A1", "units_allowed": 5}
    made: Authorization = Authorization.objects.create(**{**given, **fields})
    return made


def another(claim: Claim, **fields: Any) -> Claim:
    visit = EncounterFactory(patient=claim.patient, coverage=claim.coverage)
    made: Claim = ClaimFactory(encounter=visit, prior_authorization="A1", referral_number="R1", **fields)
    made.lines.update(units=2)
    return made


@pytest.mark.django_db
def test_what_is_used_is_counted_from_the_other_claims_under_the_number() -> None:
    claim = ClaimFactory(prior_authorization="A1")
    another(claim, service_date=BEFORE)
    another(claim, status=ClaimStatus.ACCEPTED)
    another(claim, status=ClaimStatus.VOIDED)
    another(claim, status=ClaimStatus.PAID, frequency="8")
    AdjudicationFactory(claim=another(claim, status=ClaimStatus.DENIED), denied=Decimal("148.00"), line=None)
    ClaimFactory(prior_authorization="A1")
    stranger = CoverageFactory(patient=claim.patient)
    authorize(claim, payer=stranger.payer)
    authorize(claim, procedures=["99213"])
    authorize(claim, number="A2", procedures=["70553"])
    authorize(claim, number="A1", kind=RequiredNumber.REFERRAL, units_allowed=None)
    authorize(claim, number="R1", kind=RequiredNumber.REFERRAL)
    told = [(each.kind, each.number, each.allowed, each.used) for each in around(claim).authorizations]
    assert told == [
        ("authorization", "A1", 5, 4),
        ("authorization", "A2", 5, 0),
        ("referral", "A1", None, 0),
        ("referral", "R1", 5, 2),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "days", "fields", "used"),
    [
        (ClaimStatus.READY, -1, {}, 2),
        (ClaimStatus.READY, 1, {}, 0),
        (ClaimStatus.EXCEPTION, 1, {}, 0),
        (ClaimStatus.SUBMITTED, 1, {}, 2),
        (ClaimStatus.PAID, 1, {}, 2),
        (ClaimStatus.DENIED, -1, {"denied": True}, 0),
        (ClaimStatus.DRAFT, -1, {"denied": True}, 2),  # a correction: it will be judged anew
        (ClaimStatus.DRAFT, 1, {"sent": True}, 2),  # a correction of what has used it already
        (ClaimStatus.DRAFT, -1, {"denied": True, "left_out": True}, 0),
        (ClaimStatus.DRAFT, -1, {"paid": True, "left_out": True}, 2),
        (ClaimStatus.PAID, -1, {"denied": True, "paid": True}, 2),  # denied, and paid on appeal
        (ClaimStatus.DENIED, -1, {"denied": True, "reversed": True}, 2),
    ],
)
def test_what_is_used_was_billed_and_not_refused_or_is_to_be_billed_for_an_earlier_service(
    status: ClaimStatus, days: int, fields: dict[str, bool], used: int
) -> None:
    claim = ClaimFactory(prior_authorization="A1")
    authorize(claim)
    other = another(claim, status=status, service_date=claim.service_date + timedelta(days=days))
    if fields.get("sent"):
        Claim.objects.filter(pk=other.pk).update(first_submitted_at=other.built_at)
    other.lines.update(left_out=fields.get("left_out", False))
    line = other.lines.get()
    if fields.get("denied"):
        AdjudicationFactory(claim=other, line=line, denied=line.amount, reversed=fields.get("reversed", False))
    if fields.get("paid"):
        AdjudicationFactory(claim=other, line=line)
    (told,) = around(claim).authorizations
    assert told.used == used


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 5])
def test_any_number_of_claims_costs_the_same_queries(size: int, django_assert_num_queries: Any) -> None:
    claims = [ClaimFactory(prior_authorization="A1") for _ in range(size)]
    for claim in claims:
        authorize(claim)
        require(claim)
    with django_assert_num_queries(3):
        assert len(authorizations_of(claims)) == size
        assert len(wanted_numbers(claims, {claim.pk: SOUND.lines for claim in claims})) == size


@pytest.mark.django_db
def test_the_same_number_again_changes_what_is_on_file_and_a_source_knows_its_own(now: datetime) -> None:
    claim = ClaimFactory()
    told = TypedAuthorization(claim.payer, RequiredNumber.AUTHORIZATION, "A1", ("70553",), DAY, AFTER, Decimal(3))
    first = save_authorization(patient=claim.patient, told=told, acting_user=None, now=now)
    again = save_authorization(patient=claim.patient, told=replace(told, units=None), acting_user=None, now=now)
    again.refresh_from_db()
    assert (first.pk, again.units_allowed, again.procedures) == (again.pk, None, ["70553"])
    theirs = replace(told, number="B1", source="ehr", source_id="7")
    save_authorization(patient=claim.patient, told=theirs, acting_user=None, now=now)
    save_authorization(patient=claim.patient, told=replace(theirs, number="B2"), acting_user=None, now=now)
    assert list(Authorization.objects.order_by("pk").values_list("number", flat=True)) == ["A1", "B2"]
    assert AuditEvent.objects.filter(action="save_authorization").count() == 4
