"""What a first payer left open goes to the second: a claim of its own, built once, that the patient is not asked for meanwhile."""

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from apps.automations import steps, sweeping
from apps.claims import services
from apps.claims.encode.claims import encode_claim
from apps.claims.models import Claim, Finding
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services import ClaimNotEditableError, build_secondaries, chase_crossovers, scrub_claims, void_claim
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.ledger.models import Entry
from apps.ledger.selectors import Receivable, claim_receivable, insurance_by_payer, ledger_faults
from apps.patient_balances.models import Balance
from apps.practice.models import Payer
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from tests.claims.secondaries import answered, built, charges, medicare_paid_a_part, with_second_plan, written_after
from tests.factories.practice import PayerDeadlineFactory, PayerFactory, PracticeFactory, UserFactory
from tests.factories.remittances import (
    NOW,
    PAID_ON,
    adjustments,
    clp,
    payment,
    plb,
    reversal_of,
    stored_file,
    submitted_claim,
    svc,
)
from tests.patient_balances.opening import open_balances

pytestmark = pytest.mark.django_db
# The package names its verb like the module.
building = importlib.import_module("apps.claims.services.build_secondaries")
ZERO = Decimal("0.00")


def test_what_the_first_payer_left_open_is_billed_to_the_second_and_stands_in_its_name() -> None:
    first = medicare_paid_a_part(prior_authorization="AUTH1")
    plan = with_second_plan(first)
    claim = built(first)
    assert (claim.payer, claim.coverage, claim.total, claim.status) == (plan.payer, plan, first.total, "draft")
    assert (claim.frequency, claim.payer_claim_number, claim.prior_authorization) == ("1", "", "")
    (line,) = claim.lines.all()
    assert (line.charge_id, line.control_number) == (charges(first)[0], f"{claim.control_number}L1")
    assert claim_receivable(charges(first)) == Receivable(Decimal("75.00"), ZERO)
    assert insurance_by_payer(charges(first)) == {plan.payer_id: Decimal("75.00")}
    assert Entry.objects.get(kind="transfer").key == f"transfer:{claim.public_id}"
    assert claim.events.get().what == f"Built from the answer of {first.payer.name} (claim {first.control_number})."
    assert (ledger_faults(), payment_faults()) == ([], [])


def test_a_second_run_builds_nothing() -> None:
    with_second_plan(medicare_paid_a_part())
    assert [build_secondaries(now=NOW).built for _ in range(2)] == [1, 0]
    assert Entry.objects.filter(kind="transfer").count() == 1


def test_a_crash_before_the_share_has_moved_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    with monkeypatch.context() as broken:
        broken.setattr(building, "post_entries", lambda *_args, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build_secondaries(now=NOW)
    assert Claim.objects.count() == 1
    assert built(first).lines.count() == 1


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_moment_build_one_claim() -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)

    def work(_: int) -> int:
        try:
            return build_secondaries(now=NOW).built
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 1
    assert Claim.objects.filter(encounter=first.encounter).count() == 2
    assert claim_receivable(charges(first)) == Receivable(Decimal("75.00"), ZERO)


@pytest.mark.parametrize(
    "plan",
    [
        {"ends_on": date(2026, 8, 31)},
        {"starts_on": date(2026, 12, 1)},
        {"rank": 1},
    ],
)
def test_a_plan_that_does_not_follow_on_that_day_is_not_billed(plan: dict[str, object]) -> None:
    with_second_plan(medicare_paid_a_part(), **plan)
    assert build_secondaries(now=NOW).built == 0


def test_nothing_is_billed_on_where_nothing_remains() -> None:
    claim = submitted_claim("100.00")
    with_second_plan(claim)
    answered(claim, svc(claim.lines.get(), "80.00"))
    assert build_secondaries(now=NOW).built == 0


def test_an_ordinary_denial_is_not_billed_on_but_one_that_names_another_payer_is() -> None:
    denied, other_first = submitted_claim("100.00"), submitted_claim("100.00")
    for claim, code in ((denied, "CO-97"), (other_first, "CO-22")):
        with_second_plan(claim)
        answered(claim, svc(claim.lines.get(), "0.00", (code, "100.00")))
    claim = built(other_first)
    assert claim.encounter == other_first.encounter
    assert insurance_by_payer(charges(other_first)) == {other_first.payer_id: Decimal("100.00")}


def test_a_claim_that_its_payer_passed_on_is_not_billed_again() -> None:
    claim = submitted_claim("500.00")
    with_second_plan(claim)
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")), status="19")
    assert build_secondaries(now=NOW).built == 0


@pytest.mark.long
def test_a_third_payer_follows_the_second() -> None:
    first = medicare_paid_a_part()
    second_plan, third_plan = with_second_plan(first), with_second_plan(first, rank=3)
    second = built(first)
    answered(second, svc(second.lines.get(), "50.00", ("OA-23", "425.00"), ("PR-2", "25.00")), status="2")
    assert build_secondaries(now=NOW).built == 1
    third = Claim.objects.get(encounter=first.encounter, payer_rank=3)
    assert third.coverage == third_plan
    assert insurance_by_payer(charges(first)) == {third_plan.payer_id: Decimal("25.00")}
    assert second.payer == second_plan.payer
    PracticeFactory()
    assert scrub_claims(now=NOW).passed == 1


@pytest.mark.long
def test_the_claim_says_what_the_first_payer_decided(clearinghouse: Callable[..., Connection]) -> None:
    clearinghouse()
    first = medicare_paid_a_part()
    plan = with_second_plan(first)
    text = written_after(first)
    payer = first.payer
    assert "~SBR*S*18*" in text
    assert f"*MI*{plan.member_id}~" in text
    assert "~AMT*D*300~OI***Y***Y~NM1*IL*1*" in text
    assert f"~NM1*PR*2*{payer.name}*****PI*{payer.claims_id}~REF*F8*ICN{first.pk:08d}~" in text
    line = first.lines.get()
    codes = ":".join(["HC", line.procedure, *line.modifiers])
    assert (
        f"~SVD*{payer.claims_id}*300*{codes}**1~CAS*CO*45*125~CAS*PR*2*75~DTP*573*D8*{PAID_ON:%Y%m%d}~AMT*EAF*75~"
        in text
    )


@pytest.mark.long
def test_the_second_payer_is_told_the_code_by_which_the_first_decided(clearinghouse: Callable[..., Connection]) -> None:
    clearinghouse()
    first = submitted_claim("500.00")
    with_second_plan(first)
    line = first.lines.get()
    said = svc(line, "300.00", ("PR-2", "75.00"))
    lower = replace(said, procedure="99212", modifiers=("25",), submitted_procedure=line.procedure)
    answered(first, lower)
    text = written_after(first)
    assert f"~SVD*{first.payer.claims_id}*300*HC:99212:25**1~" in text
    assert f"~SV1*HC:{line.procedure}" in text
    # A modifier that the payer left out is no other code.
    again = submitted_claim("500.00")
    with_second_plan(again)
    answered(again, replace(svc(again.lines.get(), "300.00", ("PR-2", "75.00")), modifiers=()))
    assert list(again.adjudications.values_list("decided_procedure", flat=True)) == [""]


@pytest.mark.long
def test_an_answer_to_the_claim_as_a_whole_stands_at_the_claim(clearinghouse: Callable[..., Connection]) -> None:
    clearinghouse()
    first = submitted_claim("300.00", "200.00")
    with_second_plan(first)
    whole = {"lines": (), "charge": Decimal(500), "paid": Decimal(300)}
    said = clp(first, **whole, adjustments=adjustments(("CO-45", "125.00"), ("PR-2", "75.00")))
    stored_file(payment(said, payer=first.payer))
    assert post_remittances(now=NOW).failures == ()
    text = written_after(first)
    assert "~CAS*CO*45*125~CAS*PR*2*75~AMT*D*300~AMT*EAF*75~OI***Y***Y~" in text
    assert f"~DTP*573*D8*{PAID_ON:%Y%m%d}~REF*F8*" in text
    assert "~SVD*" not in text


@pytest.mark.long
def test_an_answer_that_is_taken_back_holds_the_claim() -> None:
    PracticeFactory()
    first = medicare_paid_a_part()
    with_second_plan(first)
    claim = built(first)
    said = clp(first, svc(first.lines.get(), "300.00", ("PR-2", "75.00")))
    stored_file(payment(reversal_of(said), payer=first.payer, plbs=[plb("FB", "-300.00")]))
    assert post_remittances(now=NOW).failures == ()
    assert insurance_by_payer(charges(first)) == {first.payer_id: Decimal("500.00")}
    assert scrub_claims(now=NOW).held == 1
    finding = Finding.objects.get(claim=claim)
    assert finding.sentence == f"No answer of {first.payer.name} stands: this claim goes out after it."


def medicare_second(first_kind: str) -> Claim:
    PracticeFactory()
    claim = submitted_claim("500.00", encounter__coverage__payer=PayerFactory(filing_indicator=first_kind))
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")))
    with_second_plan(claim, payer=PayerFactory(filing_indicator="MB"))
    return built(claim)


@pytest.mark.long
def test_medicare_after_another_wants_to_know_why_and_nobody_guesses() -> None:
    claim = medicare_second("CI")
    assert scrub_claims(now=NOW).held == 1
    finding = Finding.objects.get(claim=claim)
    assert (finding.rule, finding.field) == ("COV-MEDICARE-REASON", "coverage.medicare_secondary_reason")
    services.edit_claim(
        claim_id=claim.public_id,
        changes=[services.Change("coverage.medicare_secondary_reason", "12")],
        acting_user=UserFactory(),
        now=NOW,
    )
    claim.refresh_from_db()
    assert claim.status == "ready"


@pytest.mark.long
def test_workers_compensation_before_medicare_leaves_no_choice() -> None:
    claim = medicare_second("WC")
    assert scrub_claims(now=NOW).passed == 1
    (view,) = snapshots([claim.pk], today=PAID_ON).values()
    assert view.billing is not None
    assert encode_claim(view, view.billing).subscriber.insurance_type == "15"


@pytest.mark.long
def test_a_claim_to_the_second_payer_that_is_voided_gives_the_patient_back_what_is_owed() -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    claim = built(first)
    void_claim(claim_id=claim.public_id, reason="The plan had ended", acting_user=UserFactory(), now=NOW)
    assert claim_receivable(charges(first)) == Receivable(ZERO, Decimal("75.00"))
    assert ledger_faults() == []
    assert build_secondaries(now=NOW).built == 0
    open_balances(now=NOW)
    assert Balance.objects.get().claim == first


def test_the_first_claim_is_not_voided_under_the_second() -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    built(first)
    Claim.objects.filter(pk=first.pk).update(status=ClaimStatus.REJECTED)
    first.adjudications.update(reversed=True)
    with pytest.raises(ClaimNotEditableError, match="void that claim first"):
        void_claim(claim_id=first.public_id, reason="Twice", acting_user=UserFactory(), now=NOW)


@pytest.mark.long
def test_the_patient_is_asked_once_and_only_for_what_the_second_payer_left() -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    second = built(first)
    open_balances(now=NOW)
    assert not Balance.objects.exists()
    answered(second, svc(second.lines.get(), "65.00", ("OA-23", "425.00"), ("PR-2", "10.00")), status="2")
    for _ in range(2):
        open_balances(now=NOW)
    balance = Balance.objects.get()
    assert (balance.claim, balance.opened_amount, balance.state) == (second, Decimal("10.00"), "open")
    assert claim_receivable(charges(first)) == Receivable(ZERO, Decimal("10.00"))


@pytest.mark.long
def test_a_balance_that_ran_already_is_taken_back_while_the_second_payer_is_asked() -> None:
    first = medicare_paid_a_part()
    open_balances(now=NOW)
    balance = Balance.objects.get()
    with_second_plan(first)
    second = built(first)
    open_balances(now=NOW)
    balance.refresh_from_db()
    assert balance.state == Balance.State.WITHDRAWN
    answered(second, svc(second.lines.get(), "75.00", ("OA-23", "425.00")), status="2")
    open_balances(now=NOW)
    assert set(Claim.objects.values_list("status", flat=True)) == {"closed"}


@pytest.mark.long
def test_a_balance_that_was_taken_back_returns_when_the_second_claim_is_given_up() -> None:
    first = medicare_paid_a_part()
    open_balances(now=NOW)
    with_second_plan(first)
    second = built(first)
    open_balances(now=NOW)
    first.refresh_from_db()
    assert first.status == "paid"
    void_claim(claim_id=second.public_id, reason="The plan had ended", acting_user=UserFactory(), now=NOW)
    open_balances(now=NOW)
    first.refresh_from_db()
    assert (first.status, Balance.objects.get().state) == ("patient_balance", Balance.State.OPEN)
    assert claim_receivable(charges(first)) == Receivable(ZERO, Decimal("75.00"))


@pytest.mark.long
def test_a_person_who_bills_the_patient_in_spite_of_the_plan_is_heeded() -> None:
    first = medicare_paid_a_part()
    open_balances(now=NOW)
    with_second_plan(first)
    Balance.objects.update(bill_anyway=True, state="open", stopped_reason="")
    assert steps.build_secondaries("", NOW).counts == {"built": 0}
    assert ("build_secondaries", "") not in sweeping.left_behind(now=NOW)
    Balance.objects.update(bill_anyway=False)
    assert ("build_secondaries", "") in sweeping.left_behind(now=NOW)
    done = steps.build_secondaries("", NOW)
    assert (done.counts, done.then) == ({"built": 1}, (("scrub_claims", ""), ("open_balances", "")))


def passed_on() -> tuple[Claim, Payer]:
    claim = submitted_claim("500.00")
    plan = with_second_plan(claim)
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")), status="19")
    return claim, plan.payer


@pytest.mark.long
def test_a_crossover_without_an_answer_in_30_days_is_asked_about_and_then_billed() -> None:
    claim, second = passed_on()
    day_30 = NOW + timedelta(days=30)
    assert chase_crossovers(now=NOW + timedelta(days=28)).claims == 0
    assert [chase_crossovers(now=day_30).claims for _ in range(2)] == [1, 0]
    item = WorkItem.objects.get(kind="crossover_chase")
    assert item.title == (
        f"Ask {second.name} about claim {claim.control_number}: {claim.payer.name} passed it on, no answer in 30 days"
    )
    assert build_secondaries(now=day_30 + timedelta(days=9)).built == 0
    assert build_secondaries(now=day_30 + timedelta(days=10)).built == 1
    item.refresh_from_db()
    assert (item.state, item.outcome) == ("withdrawn", "The next payer is billed.")
    assert insurance_by_payer(charges(claim)) == {second.pk: Decimal("75.00")}


@pytest.mark.long
def test_a_crossover_that_is_answered_in_time_is_nobodys_work() -> None:
    claim, second = passed_on()
    answered(claim, svc(claim.lines.get(), "75.00", ("OA-23", "425.00")), payer=second, status="2")
    assert chase_crossovers(now=NOW + timedelta(days=60)).claims == 0
    assert build_secondaries(now=NOW + timedelta(days=60)).built == 0


def test_a_crossover_to_nobody_we_know_asks_for_the_plan() -> None:
    claim = submitted_claim("500.00")
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")), status="19")
    assert steps.chase_crossovers("", NOW + timedelta(days=31)).counts == {"claims": 1}
    assert "no second plan is on file" in WorkItem.objects.get(kind="crossover_chase").title
    assert build_secondaries(now=NOW + timedelta(days=60)).built == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("counted_from", "days", "last"), [("remittance", 10, "October 9"), ("service", 20, "October 6"), (None, 0, "")]
)
def test_a_claim_after_another_payers_answer_has_a_filing_clock_of_its_own(
    counted_from: str | None, days: int, last: str
) -> None:
    PracticeFactory()
    first = medicare_paid_a_part()
    plan = with_second_plan(first)
    PayerDeadlineFactory(payer=plan.payer, kind="filing", days=1, counted_from="service")
    if counted_from:
        PayerDeadlineFactory(payer=plan.payer, kind="further_filing", days=days, counted_from=counted_from)
    claim = built(first)
    assert scrub_claims(now=NOW).passed == 1
    told = list(Finding.objects.filter(claim=claim, rule="TF-LIMIT").values_list("sentence", flat=True))
    assert told == ([f"The payer's filing limit is {last}, 2026."] if last else [])
