"""What payers said of a coverage, and the order of a patient's coverages: the rules by table, and how they get their facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apps.claims.models import Claim
from apps.claims.rules.payers_word import PayersWord
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView, OtherPayerView, PayerView
from apps.claims.rules.surroundings import Surroundings
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services import batch_claims, scrub_claims
from apps.claims.services.follow_patients import follow_patients
from apps.claims.states import ClaimStatus
from apps.eligibility.models import EligibilityCheck
from tests.claims.sound import SOUND
from tests.factories.claims import ClaimFactory
from tests.factories.eligibility import AnsweredCheckFactory, EligibilityCheckFactory, FailedCheckFactory
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerChannelFactory, PayerFactory, PracticeFactory

DAY = SOUND.service_date
EARLIER, LATER = DAY - timedelta(days=10), DAY + timedelta(days=10)
SECOND = replace(SOUND, payer_rank=2, others=(OtherPayerView(1, PayerView("Old Mill", "OM1"), SOUND.coverage),))


def word(kind: str, **fields: Any) -> PayersWord:
    return PayersWord(kind, **{"said_on": date(2026, 9, 15), "about": DAY, **fields})


def told(claim: ClaimView, said: PayersWord | None, rivals: tuple[str, ...] = ()) -> dict[str, str]:
    """Sentences of the rules about coverage, by rule."""
    found = scrub(replace(claim, around=Surroundings(word=said, rivals=rivals)))
    return {
        each.rule.code: each.issue.sentence
        for each in found
        if each.rule.code.startswith("COV-") and each.rule.code != "COV-EARLIER-ANSWERS"
    }


@pytest.mark.parametrize(
    ("said", "rule", "words"),
    [
        (None, "", ""),
        (word("active"), "", ""),
        (word("unknown"), "", ""),
        (word("inactive", sentence="The plan is not active."), "COV-ACTIVE", "said on September 15, 2026: The plan is not active."),
        (word("inactive"), "COV-ACTIVE", "the plan is not active on the date of service"),
        (word("inactive", ends_on=EARLIER), "COV-ACTIVE", "coverage ended on September 6, 2026"),
        (word("inactive", begins_on=LATER), "COV-ACTIVE", "coverage begins only on September 26, 2026"),
        (word("not_found", sentence="The payer does not know this member."), "COV-ACTIVE", "does not know this member"),
        (word("not_found"), "COV-ACTIVE", "there is no such member"),
        (word("other_payer", other_payer="Old Mill"), "COV-ACTIVE", "Old Mill pays first"),
        (word("other_payer", other_payer="Old Mill", instead=True), "COV-ACTIVE", "Old Mill stands in this plan's place"),
        (word("active", by="Old Mill"), "COV-PAYER", "came from Old Mill, but the claim goes to Lone Prairie"),
    ],
)  # fmt: skip
def test_what_the_payer_said(said: PayersWord | None, rule: str, words: str) -> None:
    found = told(SOUND, said)
    assert set(found) == ({rule} if rule else set())
    assert words in found.get(rule, "")


def test_where_the_patient_pays_no_plan_has_to_cover() -> None:
    assert set(told(replace(SOUND, agreed_self_pay=True), word("inactive"))) == {"COV-SELF-PAY"}


def test_a_void_of_what_was_told_before_may_leave_though_the_patient_pays() -> None:
    assert told(replace(SOUND, frequency="8", payer_claim_number="P1", agreed_self_pay=True), None) == {}


def test_a_void_asks_nothing_of_the_coverage() -> None:
    void = replace(SOUND, frequency="8", payer_claim_number="P1")
    assert told(void, word("inactive", by="Old Mill"), ("Old Mill",)) == {}


@pytest.mark.parametrize(
    ("kind", "about", "begins", "ends", "means"),
    [
        ("inactive", LATER, None, EARLIER, "inactive"),
        ("inactive", LATER, None, DAY, "active"),
        ("inactive", LATER, None, None, ""),
        ("inactive", EARLIER, LATER, None, "inactive"),
        ("inactive", EARLIER, DAY, None, ""),
        ("active", LATER, DAY, None, "active"),
        ("active", LATER, None, None, ""),
        ("active", EARLIER, EARLIER, None, ""),
        ("active", EARLIER, EARLIER, LATER, "active"),
        ("active", EARLIER, EARLIER, DAY - timedelta(days=1), "inactive"),
        ("not_found", LATER, None, None, ""),
        ("other_payer", LATER, None, None, ""),
        ("unknown", DAY, None, None, ""),
    ],
)
def test_an_answer_about_another_day_counts_by_its_plan_dates(
    kind: str, about: date, begins: date | None, ends: date | None, means: str
) -> None:
    assert word(kind, about=about, begins_on=begins, ends_on=ends).kind_on(DAY) == means


@pytest.mark.parametrize(("rivals", "rules"), [((), set()), (("Old Mill",), {"COV-ORDER"})])
def test_two_coverages_of_one_rank_hold_the_claim(rivals: tuple[str, ...], rules: set[str]) -> None:
    found = told(SOUND, None, rivals)
    assert set(found) == rules
    assert "Lone Prairie and Old Mill both hold" in found.get("COV-ORDER", "Lone Prairie and Old Mill both hold")


@pytest.mark.parametrize(
    ("named", "instead", "rules"),
    [
        ("OLD MILL", False, set()),
        ("Red River", False, {"COV-ORDER-TOLD"}),
        ("", False, set()),
        ("Red River", True, {"COV-ACTIVE"}),
    ],
)
def test_a_further_payer_that_names_another_first_payer_warns(named: str, instead: bool, rules: set[str]) -> None:
    assert set(told(SECOND, word("other_payer", other_payer=named, instead=instead))) == rules


def around(claim: Claim) -> Surroundings:
    return snapshots([claim.pk], today=DAY, for_rules=True)[claim.pk].around


def ask(made: type[EligibilityCheckFactory], claim: Claim, **fields: Any) -> EligibilityCheck:
    check: EligibilityCheck = made(
        **{"appointment": None, "coverage": claim.coverage, "service_date": claim.service_date, **fields}
    )
    return check


AT = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)


@pytest.mark.long
@pytest.mark.django_db
def test_the_newest_clear_answer_about_the_day_counts() -> None:
    claim = ClaimFactory()
    assert around(claim).word is None
    ask(FailedCheckFactory, claim, round="1")
    ask(AnsweredCheckFactory, claim, round="2", answered_at=AT, verdict=EligibilityCheck.Verdict.UNKNOWN)
    ask(EligibilityCheckFactory, claim, round="3")
    ask(FailedCheckFactory, ClaimFactory())
    said = around(claim).word
    assert said is not None
    assert (said.kind, said.said_on, said.ends_on) == ("inactive", date(2026, 9, 16), date(2026, 8, 31))
    ask(AnsweredCheckFactory, claim, round="4", answered_at=AT + timedelta(hours=1))
    said = around(claim).word
    assert said is not None
    assert said.kind == "active"


@pytest.mark.django_db
def test_a_call_that_verified_the_coverage_takes_the_answers_place() -> None:
    claim = ClaimFactory()
    ask(FailedCheckFactory, claim, settlement=EligibilityCheck.Settlement.VERIFIED, settled_at=AT, phone_reference="7")
    said = around(claim).word
    assert said == PayersWord("active", date(2026, 9, 20), DAY, by_phone=True)


@pytest.mark.long
@pytest.mark.django_db
def test_an_answer_under_another_payers_id_names_that_payer() -> None:
    claim = ClaimFactory()
    other = PayerFactory()
    for number, told_id in enumerate((claim.payer.eligibility_id, "NOBODY", "", other.claims_id)):
        ask(AnsweredCheckFactory, claim, round=str(number), answered_at=AT, benefits={"answered_by": told_id})
        said = around(claim).word
        assert said is not None
        assert said.by == (other.name if told_id == other.claims_id else "")


@pytest.mark.django_db
def test_an_id_of_the_clearinghouse_is_its_payers_own_and_never_the_one_with_the_same_usual_id() -> None:
    claim, other, namesake = ClaimFactory(), PayerFactory(), PayerFactory(claims_id="CH100")
    PayerChannelFactory(payer=claim.payer, transaction="270", identifier="CH100")
    PayerChannelFactory(payer=other, transaction="270", identifier="CH200")
    assert namesake.claims_id == "CH100"
    for number, (told_id, by) in enumerate((("CH100", ""), ("CH200", other.name))):
        ask(AnsweredCheckFactory, claim, round=str(number), answered_at=AT, benefits={"answered_by": told_id})
        said = around(claim).word
        assert said is not None
        assert said.by == by


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "rival"),
    [
        ({}, True),
        ({"rank": 2}, False),
        ({"ends_on": DAY - timedelta(days=1)}, False),
        ({"ends_on": DAY}, True),
        ({"starts_on": DAY + timedelta(days=1)}, False),
        ({"starts_on": None}, False),
    ],
)
def test_a_rival_is_another_membership_of_the_rank_that_holds_on_the_day(fields: dict[str, Any], rival: bool) -> None:
    claim = ClaimFactory()
    CoverageFactory()
    CoverageFactory(
        patient=claim.patient, payer=claim.payer, member_id=claim.coverage.member_id, ends_on=date(2027, 1, 1)
    )
    other = CoverageFactory(patient=claim.patient, **fields)
    assert around(claim).rivals == ((other.payer.name,) if rival else ())


@pytest.mark.long
@pytest.mark.django_db
def test_a_claim_that_the_payer_would_not_cover_waits_until_the_coverage_is_confirmed(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    ask(FailedCheckFactory, claim, answered_at=now - timedelta(hours=1))
    scrub_claims(now=now)
    claim.refresh_from_db()
    assert (claim.status, claim.findings.get().rule) == (ClaimStatus.EXCEPTION, "COV-ACTIVE")
    assert follow_patients(now=now) == 0
    later = now + timedelta(hours=2)
    ask(AnsweredCheckFactory, claim, round="again", answered_at=later)
    assert follow_patients(now=later) == 1
    scrub_claims(now=later)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.READY


@pytest.mark.django_db
def test_a_ready_claim_of_which_the_payer_tells_otherwise_is_scrubbed_again_before_it_leaves(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.READY)
    ask(FailedCheckFactory, claim, answered_at=claim.built_at + timedelta(hours=1))
    assert batch_claims(now=now).claims == 0
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT
