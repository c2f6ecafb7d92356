"""What the scrubber reads beyond a claim: tables by the date of service, the day's other claims, earlier visits."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.claims.models import Claim
from apps.claims.rules.registry import scrub
from apps.claims.rules.surroundings import LimitView, Surroundings
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services import build_claims, confirm_coding, scrub_claims, void_claim
from apps.claims.states import ClaimStatus
from apps.eligibility.models import EligibilityCheck
from apps.practice.roles import Role
from tests.factories.claims import ClaimFactory
from tests.factories.code_edits import CodePairFactory, UnitLimitFactory
from tests.factories.eligibility import EligibilityCheckFactory
from tests.factories.intake import ChargeFactory, EncounterFactory, PatientFactory, SelfPayEncounterFactory
from tests.factories.practice import PracticeFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 16)
INTERNAL_MEDICINE = "207R00000X"
PAIR = {("11042", "97597"): "1"}


def visit(*codes: str, made: type[EncounterFactory] = EncounterFactory, **fields: Any) -> Any:
    encounter = made(charges=(), **fields)
    for number, code in enumerate(codes, 1):
        ChargeFactory(encounter=encounter, number=number, procedure=code)
    return encounter


def claim(*codes: str, status: ClaimStatus = ClaimStatus.DRAFT, **fields: Any) -> Claim:
    made: Claim = ClaimFactory(encounter=visit(*codes, **fields), status=status)
    return made


def around(one: Claim) -> Surroundings:
    return snapshots([one.pk], today=DAY, for_rules=True)[one.pk].around


def again(one: Claim, *codes: str, **fields: Any) -> Claim:
    """Another visit of the same patient with the same provider on the same day, unless `fields` say otherwise."""
    same = {
        "patient": one.patient,
        "coverage": one.coverage,
        "provider": one.provider,
        "service_date": one.service_date,
    }
    return claim(*codes, **{**same, **fields})


@pytest.mark.parametrize(
    ("begins", "ends", "in_force"),
    [
        (date(2020, 1, 1), None, True),
        (DAY, None, True),
        (DAY, DAY, True),
        (date(2026, 9, 17), None, False),
        (date(2020, 1, 1), date(2026, 9, 15), False),
        (date(2020, 1, 1), DAY, True),
    ],
)
def test_a_pair_counts_on_the_days_on_which_it_is_in_force(begins: date, ends: date | None, in_force: bool) -> None:
    CodePairFactory(effective_on=begins, ends_on=ends)
    CodePairFactory(column_2="97602")
    assert around(claim("11042", "97597")).pairs == (PAIR if in_force else {})


def test_of_a_pair_that_recurs_each_claim_sees_the_row_of_its_own_day() -> None:
    CodePairFactory(effective_on=date(2020, 1, 1), ends_on=date(2025, 12, 31), indicator="0")
    CodePairFactory(effective_on=date(2026, 1, 1))
    CodePairFactory(column_1="11043", indicator="9")
    old, new = claim("11042", "97597", service_date=date(2025, 12, 31)), claim("11042", "11043", "97597")
    views = snapshots([old.pk, new.pk], today=DAY, for_rules=True)
    assert views[old.pk].around.pairs == {("11042", "97597"): "0"}
    assert views[new.pk].around.pairs == PAIR


@pytest.mark.parametrize(
    ("day", "limits"),
    [
        (date(2026, 6, 30), {}),
        (date(2026, 7, 1), {"99213": LimitView(1, "3"), "81003": LimitView(4, "1")}),
        (date(2026, 9, 30), {"99213": LimitView(1, "3"), "81003": LimitView(4, "1")}),
        (date(2026, 10, 1), {"99213": LimitView(2, "2")}),
    ],
)
def test_a_limit_is_that_of_the_days_edition(day: date, limits: dict[str, LimitView]) -> None:
    UnitLimitFactory()
    UnitLimitFactory(code="81003", most=4, adjudication="1")
    UnitLimitFactory(code="93000")
    UnitLimitFactory(begins=date(2026, 10, 1), most=2, adjudication="2")
    assert around(claim("99213", "81003", service_date=day)).limits == limits


def test_the_lines_of_the_same_day_are_those_of_other_visits() -> None:
    first = claim("99213")
    second = again(first, "11042", "97597")
    assert [(line.claim, line.procedure, line.ahead) for line in around(second).same_day] == [
        (first.control_number, "99213", True)
    ]
    assert [(line.procedure, line.ahead) for line in around(first).same_day] == [("11042", False), ("97597", False)]
    CodePairFactory(column_2="99213")
    assert around(second).pairs == {("11042", "99213"): "1"}


@pytest.mark.parametrize(
    ("status", "ahead"),
    [
        (ClaimStatus.EXCEPTION, [False]),
        (ClaimStatus.REJECTED, [False]),
        (ClaimStatus.READY, [True]),
        (ClaimStatus.ACCEPTED, [True]),
        (ClaimStatus.DENIED, [True]),
        (ClaimStatus.VOIDED, []),
        (ClaimStatus.WRITTEN_OFF, []),
    ],
)
def test_what_waits_here_is_behind_an_older_claim_and_what_left_is_ahead(
    status: ClaimStatus, ahead: list[bool]
) -> None:
    older = claim("99213")
    again(older, "99213", status=status)
    assert [line.ahead for line in around(older).same_day] == ahead


@pytest.mark.parametrize("other", ["patient", "provider", "service_date"])
def test_another_patient_provider_or_day_is_another_matter(other: str) -> None:
    one = claim("99213")
    stranger = {"patient": PatientFactory, "provider": ProviderFactory, "service_date": lambda: date(2026, 9, 15)}[
        other
    ]()
    again(one, "99213", **{other: stranger})
    assert around(one).same_day == ()


def test_a_further_payers_claim_of_a_visit_is_not_a_second_visit() -> None:
    one = claim("99213")
    ClaimFactory(encounter=one.encounter, coverage=one.coverage, payer_rank=2)
    assert around(one).same_day == ()


def found_without(one: Claim, *left_out: int) -> list[tuple[str, int | None]]:
    one.lines.filter(number__in=left_out).update(left_out=True)
    view = snapshots([one.pk], today=DAY, for_rules=True)[one.pk]
    return [(each.rule.code, each.issue.line) for each in scrub(view) if not each.rule.code.startswith(("WF-", "DX-"))]


@pytest.mark.long
def test_lines_that_were_decided_stand_beside_those_of_the_new_claim() -> None:
    PracticeFactory()
    assert found_without(claim("90471", "90715", "90472", "90686"), 1, 2, 4) == []
    CodePairFactory()
    assert found_without(claim("11042", "97597"), 1) == [("NCCI-PTP", 2)]
    UnitLimitFactory(code="93000", most=1)
    twice = claim("93000", "93000")
    assert found_without(twice, 1) == [("MUE-DAY", 2)]
    assert snapshots([twice.pk], today=DAY, for_rules=True)[twice.pk].total == twice.lines.get(number=2).amount


@pytest.mark.parametrize(
    ("code", "day", "seen"),
    [
        ("99213", date(2023, 9, 17), True),
        ("99213", date(2023, 9, 16), False),
        ("99213", date(2026, 9, 15), True),
        ("99213", DAY, False),
        ("99395", date(2025, 1, 2), True),
        ("20610", date(2025, 1, 2), True),
        ("G0439", date(2025, 1, 2), True),
        ("85025", date(2025, 1, 2), False),
        ("93000", date(2025, 1, 2), False),
        # Blood drawn before the first visit; what is done for a patient who is not there.
        ("36415", date(2026, 9, 14), False),
        ("36416", date(2026, 9, 14), False),
        ("99358", date(2026, 9, 14), False),
        ("99367", date(2026, 9, 14), False),
        ("99375", date(2026, 9, 14), False),
        ("99380", date(2026, 9, 14), False),
        ("99341", date(2025, 1, 2), True),
        ("98001", date(2025, 1, 2), True),
    ],
)
def test_who_was_seen_face_to_face_within_three_years_is_known(code: str, day: date, seen: bool) -> None:
    one = claim("99203")
    visit(code, made=SelfPayEncounterFactory, patient=one.patient, provider=one.provider, service_date=day)
    assert around(one).seen_on == (day if seen else None)


@pytest.mark.parametrize(
    ("mine", "theirs", "seen"),
    [(None, None, True), (None, INTERNAL_MEDICINE, False), ("", "", False)],
)
def test_a_colleague_counts_if_of_the_same_specialty(mine: str | None, theirs: str | None, seen: bool) -> None:
    me, colleague = (
        ProviderFactory(**({} if taxonomy is None else {"taxonomy": taxonomy})) for taxonomy in (mine, theirs)
    )
    one = claim("99203", provider=me)
    again(one, "99213", provider=colleague, service_date=date(2025, 3, 4))
    assert (around(one).seen_on == date(2025, 3, 4)) is seen


def test_a_void_visit_and_another_patients_are_no_history_and_the_last_of_several_is_named() -> None:
    one = claim("99203")
    again(one, "99213", status=ClaimStatus.VOIDED, service_date=date(2026, 5, 6))
    claim("99213", provider=one.provider, service_date=date(2026, 5, 7))
    assert around(one).seen_on is None
    again(one, "99213", service_date=date(2025, 5, 6))
    again(one, "99214", status=ClaimStatus.PAID, service_date=date(2025, 8, 6))
    assert around(one).seen_on == date(2025, 8, 6)


def test_a_visit_whose_second_payers_claim_is_void_was_a_visit() -> None:
    one = claim("99203")
    old = again(one, "99213", status=ClaimStatus.PAID, service_date=date(2025, 5, 6))
    ClaimFactory(encounter=old.encounter, coverage=old.coverage, payer_rank=2, status=ClaimStatus.VOIDED)
    assert around(one).seen_on == date(2025, 5, 6)


def test_so_was_one_that_the_patient_agreed_to_pay_though_its_claim_is_void() -> None:
    one = claim("99203")
    old = again(one, "99213", status=ClaimStatus.VOIDED, service_date=date(2025, 5, 6))
    EligibilityCheckFactory(
        coverage=old.coverage,
        service_date=old.service_date,
        settlement=EligibilityCheck.Settlement.SELF_PAY,
        settled_at=datetime(2025, 5, 6, 15, 0, tzinfo=UTC),
    )
    assert around(one).seen_on == date(2025, 5, 6)


def test_leap_days_have_three_years_too() -> None:
    one = claim("99203", service_date=date(2028, 2, 29))
    again(one, "99213", service_date=date(2025, 3, 1))
    assert around(one).seen_on == date(2025, 3, 1)


def test_of_two_visits_billed_twice_the_first_goes_out_and_the_second_waits(now: datetime) -> None:
    PracticeFactory()
    first = claim("99213")
    second = again(first, "99213")
    scrub_claims(now=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (ClaimStatus.READY, ClaimStatus.EXCEPTION)
    assert list(second.findings.values_list("rule", "line")) == [("DUP-CLAIM", 1)]


@pytest.mark.long
def test_when_the_first_is_void_the_second_is_scrubbed_again_and_goes_out(now: datetime) -> None:
    PracticeFactory()
    came = visit("99213")
    visit("99213", patient=came.patient, provider=came.provider, coverage=came.coverage)
    build_claims(now=now)
    first, second = Claim.objects.order_by("pk")
    scrub_claims(now=now)
    second.refresh_from_db()
    assert second.status == ClaimStatus.EXCEPTION
    void_claim(claim_id=first.public_id, reason="Came twice.", acting_user=UserFactory(role=Role.BILLER), now=now)
    scrub_claims(now=now)
    second.refresh_from_db()
    assert second.status == ClaimStatus.READY


def test_a_coder_who_confirms_the_modifier_frees_the_claim_and_its_neighbour(now: datetime) -> None:
    PracticeFactory()
    CodePairFactory()
    first = claim("11042", "97597")
    second = again(first, "97597")
    second.lines.update(modifiers=["GP"])
    scrub_claims(now=now)
    assert list(second.findings.values_list("rule", flat=True)) == ["NCCI-PTP"]
    (finding,) = first.findings.all()
    coder = UserFactory(role=Role.CODER)
    assert confirm_coding(finding_id=finding.pk, statement="Op note, page 2.", acting_user=coder, now=now)
    assert list(first.lines.values_list("modifiers", flat=True)) == [[], ["59"]]
    second.refresh_from_db()
    assert second.status == ClaimStatus.DRAFT


def test_the_encoder_reads_nothing_of_it() -> None:
    one = claim("99213")
    again(one, "99213")
    assert snapshots([one.pk], today=DAY)[one.pk].around == Surroundings()


@pytest.mark.parametrize("size", [1, 6])
def test_tables_and_history_cost_the_same_queries_for_any_number(
    size: int, now: datetime, django_assert_max_num_queries: Any
) -> None:
    PracticeFactory()
    CodePairFactory()
    UnitLimitFactory()
    for _ in range(size):
        first = claim("11042", "97597", "99203")
        again(first, "99213")
        again(first, "99213", service_date=date(2026, 2, 3))
    with django_assert_max_num_queries(71):
        scrub_claims(now=now)
    assert Claim.objects.filter(findings__rule="NCCI-PTP").distinct().count() == size
    assert Claim.objects.filter(findings__rule="PX-NEW-PATIENT").distinct().count() == size
