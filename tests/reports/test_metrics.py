"""Each figure on an example that can be added up by hand (DOMAIN 7). Today is Wednesday, September 16, 2026."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.ledger.services import ChargePosting, post_charges
from apps.patient_balances.models import Balance
from apps.reports.checks import checks
from apps.reports.metrics import (
    METRICS,
    ar_days,
    charge_lag,
    clean_claims,
    denial_rate,
    first_pass,
    net_collection,
    patient_collection,
)
from apps.reports.metrics.figure import Verdict
from tests.factories.claims import AdjudicationFactory, ClaimFactory
from tests.factories.intake import EncounterFactory
from tests.factories.patient_balances import BalanceFactory, PatientPaymentFactory, post_cash
from tests.factories.reports import booked_claim
from tests.reports.figures import TODAY, ago, at, parts

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_without_data_there_is_no_value_and_never_zero(metric):
    figure = metric.measure(TODAY)
    assert figure.value is None
    assert metric.verdict(figure.value) is Verdict.NO_DATA
    assert list(metric.rows(TODAY)) == []


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        (ar_days.METRIC, "34.9", Verdict.ON_TARGET),
        (ar_days.METRIC, "35", Verdict.WATCH),
        (ar_days.METRIC, "45", Verdict.WATCH),
        (ar_days.METRIC, "45.1", Verdict.PROBLEM),
        (first_pass.METRIC, "0.951", Verdict.ON_TARGET),
        (first_pass.METRIC, "0.95", Verdict.WATCH),
        (first_pass.METRIC, "0.899", Verdict.PROBLEM),
        (denial_rate.METRIC, "0.049", Verdict.ON_TARGET),
        (denial_rate.METRIC, "0.081", Verdict.PROBLEM),
        (net_collection.METRIC, "0.93", Verdict.WATCH),
        (patient_collection.METRIC, "0.44", Verdict.PROBLEM),
        (charge_lag.METRIC, "2.0", None),
    ],
)
def test_a_value_is_judged_by_target_and_problem(metric, value: str, expected: Verdict | None):
    assert metric.verdict(D(value)) is expected


# ---------------------------------------------------------------------------------------------------------------- A/R days


def test_ar_days_divide_what_is_open_by_an_average_day():
    now = at(TODAY)
    booked_claim(ago(89), amount="900.00", paid="500.00", contractual="400.00", now=now)
    booked_claim(ago(10), amount="600.00", paid="200.00", contractual="100.00", patient="50.00", now=now)
    booked_claim(ago(5), amount="300.00", now=now)
    figure = ar_days.measure(TODAY)
    # Open: 300 of the second (250 payer, 50 patient) and 300 of the third. Charges 1,800 in 90 days: 20 a day.
    assert (figure.numerator, figure.denominator, figure.value) == (D("600.00"), D(20), D("30.0000"))
    assert figure.note == ""


def test_ar_days_include_what_is_not_billed_yet_from_the_service_date_on():
    now = at(TODAY)
    booked_claim(ago(89), amount="900.00", paid="900.00", now=now)
    EncounterFactory(service_date=TODAY, charges__amount=D("90.00"), arrived_at=now)
    EncounterFactory(service_date=TODAY + timedelta(days=1), charges__amount=D("70.00"), arrived_at=now)
    figure = ar_days.measure(TODAY)
    assert (figure.numerator, figure.denominator) == (D("90.00"), D("11.00"))
    assert parts(figure)["Not billed yet"] == D("90.00")


def test_a_credit_does_not_make_the_receivable_smaller():
    now = at(TODAY)
    booked_claim(ago(89), amount="900.00", paid="950.00", now=now)
    booked_claim(ago(10), amount="900.00", now=now)
    figure = ar_days.measure(TODAY)
    assert (figure.numerator, parts(figure)["Credits, apart"]) == (D("900.00"), D("-50.00"))


def test_what_an_agency_collects_stands_apart():
    claim = booked_claim(ago(89), amount="900.00", paid="800.00", patient="100.00", now=at(TODAY))
    BalanceFactory(claim=claim, state=Balance.State.STOPPED, stopped_reason=Balance.Stop.AGENCY)
    figure = ar_days.measure(TODAY)
    assert (figure.numerator, parts(figure)["With an agency, apart"]) == (D("0.00"), D("100.00"))


def self_pay_visit(served_on: date, amount: str, **facts: object) -> Balance:
    """A visit without a payer: its charge is the patient's from the start."""
    visit = EncounterFactory(service_date=served_on, coverage=None, charges__amount=D(amount), arrived_at=at(TODAY))
    post_charges(
        [ChargePosting(charge.pk, visit.patient_id, charge.amount, None) for charge in visit.charges.all()],
        now=at(TODAY),
    )
    return BalanceFactory(claim=None, encounter=visit, patient=visit.patient, opened_amount=D(amount), **facts)


def test_a_self_pay_bill_with_an_agency_leaves_the_other_patients_in_the_figure():
    booked_claim(ago(89), amount="900.00", paid="800.00", patient="100.00", now=at(TODAY))
    self_pay_visit(ago(20), "120.00")
    self_pay_visit(ago(30), "60.00", state=Balance.State.STOPPED, stopped_reason=Balance.Stop.AGENCY)
    figure = ar_days.measure(TODAY)
    assert (figure.numerator, parts(figure)["With an agency, apart"]) == (D("220.00"), D("60.00"))
    assert all(check.sound for check in checks(TODAY))


def test_the_rows_behind_ar_days_add_up_to_what_is_open():
    now = at(TODAY)
    booked_claim(ago(89), amount="900.00", paid="950.00", now=now)
    claim = booked_claim(ago(10), amount="600.00", paid="200.00", patient="50.00", now=now)
    ClaimFactory(encounter=claim.encounter, payer_rank=2)
    agency = booked_claim(ago(40), amount="300.00", paid="200.00", patient="100.00", now=now)
    BalanceFactory(claim=agency, state=Balance.State.STOPPED, stopped_reason=Balance.Stop.AGENCY)
    self_pay_visit(ago(20), "120.00")
    EncounterFactory(service_date=TODAY, charges__amount=D("90.00"), arrived_at=now)
    EncounterFactory(service_date=TODAY + timedelta(days=1), charges__amount=D("70.00"), arrived_at=now)
    found = [ar_days.row(charge) for charge in ar_days.rows(TODAY)]
    assert [row.amount for row in found] == [D("-50.00"), D("120.00"), D("400.00"), D("90.00")]
    assert sum(row.amount for row in found if row.counts) == ar_days.measure(TODAY).numerator
    assert [row.url_name for row in found] == [
        "workspace:claim",
        "workspace:patient",
        "workspace:claim",
        "workspace:patient",
    ]


def test_under_90_days_of_history_are_divided_by_the_days_that_exist_and_said():
    booked_claim(ago(9), amount="500.00", now=at(TODAY))
    figure = ar_days.measure(TODAY)
    assert (figure.denominator, figure.value) == (D("50.00"), D("10.0000"))
    assert figure.note == "Only 10 days of history, not 90."


def test_a_charge_older_than_90_days_is_owed_but_is_no_recent_charge():
    now = at(TODAY)
    booked_claim(ago(90), amount="450.00", now=now)
    booked_claim(ago(3), amount="900.00", paid="900.00", now=now)
    assert ar_days.measure(TODAY).value == D("45.0000")


def test_visit_to_payment_is_the_mean_of_claims_paid_in_the_window():
    for days, paid_on in ((20, 0), (30, 4)):
        claim = booked_claim(ago(days), amount="100.00", now=at(TODAY))
        AdjudicationFactory(claim=claim, remitted_on=ago(paid_on))
    assert parts(ar_days.measure(TODAY))["Visit to first payer payment, mean"] == D("23.0")


# --------------------------------------------------------------------------------------------------------------- first pass


def sent(**moments: datetime | None) -> Claim:
    usual = {
        "first_submitted_at": at(ago(10)),
        "accepted_at": None,
        "first_rejected_at": None,
        "first_adjudicated_at": None,
    }
    return ClaimFactory(status=ClaimStatus.SUBMITTED, **usual | moments)


@pytest.mark.parametrize(
    ("moments", "accepted", "rejected"),
    [
        ({"accepted_at": at(ago(9))}, 1, 0),
        ({"first_rejected_at": at(ago(9))}, 0, 1),
        ({"first_rejected_at": at(ago(9)), "accepted_at": at(ago(7))}, 0, 1),
        ({"accepted_at": at(ago(9)), "first_rejected_at": at(ago(8))}, 0, 1),
        ({"first_adjudicated_at": at(ago(2))}, 1, 0),
        ({"accepted_at": at(ago(9)), "first_adjudicated_at": at(ago(5)), "first_rejected_at": at(ago(3))}, 1, 0),
        ({}, 0, 0),
        ({"first_submitted_at": at(ago(90)), "accepted_at": at(ago(80))}, 0, 0),
    ],
    ids=["accepted", "rejected", "then fixed", "rejected at a later hop", "paid without 277CA", "its correction rejected",
         "no answer", "before the window"],
)  # fmt: skip
def test_first_pass_counts_the_first_submission_at_every_hop(
    moments: dict[str, datetime], accepted: int, rejected: int
):
    sent(**moments)
    found = parts(first_pass.measure(TODAY))
    assert (found["Accepted"], found["Rejected"]) == (accepted, rejected)


def test_first_pass_leaves_the_unanswered_apart():
    for _ in range(3):
        sent(accepted_at=at(ago(9)))
    sent(first_rejected_at=at(ago(9)))
    sent()
    figure = first_pass.measure(TODAY)
    assert (figure.value, parts(figure)["No answer yet, apart"]) == (D("0.7500"), 1)
    assert [first_pass.row(claim).counts for claim in first_pass.rows(TODAY)] == [False, True, True, True]


# -------------------------------------------------------------------------------------------------------------- denial rate


def adjudicated(*, denied: bool, allowed: bool = False, amount: str = "148.00") -> Claim:
    moment = at(ago(5))
    visit = EncounterFactory(charges__size=2, charges__amount=D(amount))
    claim = ClaimFactory(
        encounter=visit,
        status=ClaimStatus.DENIED if denied else ClaimStatus.PAID,
        first_adjudicated_at=moment,
        denied_on_first_remittance=denied,
    )
    first, second = claim.lines.order_by("number")
    for line, refused in ((first, denied), (second, denied and not allowed)):
        AdjudicationFactory(claim=claim, line=line, recorded_at=moment, denied=line.amount if refused else D(0))
    return claim


def test_denial_rate_counts_a_claim_once_and_shows_full_and_partial_apart():
    adjudicated(denied=True)
    adjudicated(denied=True, allowed=True)
    for _ in range(6):
        adjudicated(denied=False)
    figure = denial_rate.measure(TODAY)
    assert (figure.numerator, figure.denominator, figure.value) == (2, 8, D("0.2500"))
    assert parts(figure) == {"Denied in full": 1, "Denied in part": 1, "By charges": D("0.25")}
    assert [denial_rate.row(claim).detail for claim in denial_rate.rows(TODAY)][:2].count("Denied in part") == 1


def test_a_rejection_is_no_denial():
    sent(first_rejected_at=at(ago(5)))
    assert denial_rate.measure(TODAY).value is None


# ----------------------------------------------------------------------------------------------------------- net collection


def test_net_collection_is_what_came_in_of_what_contracts_allow():
    now = at(TODAY)
    booked_claim(
        ago(130), amount="200.00", paid="90.00", contractual="80.00", patient="30.00", patient_paid="30.00", now=now
    )
    booked_claim(ago(140), amount="100.00", contractual="40.00", written_off="60.00", now=now)
    booked_claim(ago(100), amount="999.00", now=now)
    figure = net_collection.measure(TODAY)
    # Collected 120 of 300 charged less 120 contractual; the write-off of 60 is not subtracted.
    assert (figure.numerator, figure.denominator, figure.value) == (D("120.00"), D("180.00"), D("0.6667"))
    assert parts(figure) == {
        "Charges": D("300.00"),
        "Contractual adjustments": D("120.00"),
        "Payments, less refunds": D("120.00"),
        "Written off": D("60.00"),
        "Still open": D("0.00"),
    }


@pytest.mark.parametrize(("days", "counted"), [(119, False), (120, True), (484, True), (485, False)])
def test_only_settled_visits_of_one_year_count(days: int, counted: bool):
    booked_claim(ago(days), amount="100.00", paid="100.00", now=at(TODAY))
    assert (net_collection.measure(TODAY).value is not None) is counted


def test_young_history_says_why_there_is_no_net_collection():
    booked_claim(ago(40), amount="100.00", now=at(TODAY))
    assert net_collection.measure(TODAY).note == "No visit is 120 days old yet."


def test_the_rows_of_net_collection_add_up_to_it():
    now = at(TODAY)
    booked_claim(
        ago(130), amount="200.00", paid="90.00", contractual="80.00", patient="30.00", patient_paid="30.00", now=now
    )
    booked_claim(ago(140), amount="100.00", paid="70.00", now=now)
    balance = self_pay_visit(ago(150), "60.00")
    post_cash(balance, "45.00", key="self-pay", now=now)
    rows = [net_collection.row(visit) for visit in net_collection.rows(TODAY)]
    assert [row.amount for row in rows] == [D("120.00"), D("70.00"), D("45.00")]
    assert sum(row.amount or D(0) for row in rows) == net_collection.measure(TODAY).numerator
    assert (rows[-1].title, rows[-1].public_id) == ("Self-pay visit", balance.patient.public_id)


# ------------------------------------------------------------------------------------------------------- patient collection


def noticed(days: int, owed: str, *paid: tuple[int, str], **facts: object) -> Balance:
    balance = BalanceFactory(opened_amount=D(owed), first_notice_at=at(ago(days)), **facts)
    for after, amount in paid:
        PatientPaymentFactory(
            balance=balance, amount=D(amount), state="paid", paid_at=at(ago(days)) + timedelta(days=after)
        )
    return balance


def test_patient_collection_counts_dollars_paid_within_30_days_of_the_first_notice():
    noticed(40, "100.00", (0, "60.00"), (30, "40.00"))
    noticed(50, "80.00", (31, "80.00"))
    noticed(60, "20.00", (3, "50.00"))
    figure = patient_collection.measure(TODAY)
    assert (figure.numerator, figure.denominator, figure.value) == (D("120.00"), D("200.00"), D("0.6000"))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"days": 29}, "its 30 days are not over"),
        ({"days": 121}, "older than the cohort"),
        ({"days": 40, "state": Balance.State.WITHDRAWN}, "the payer took it away"),
        ({"days": 40, "stopped_reason": Balance.Stop.PLAN}, "on a plan"),
    ],
)
def test_a_balance_is_left_out_when(facts: dict[str, object], reason: str):
    noticed(owed="100.00", **facts)
    assert patient_collection.measure(TODAY).value is None


def test_before_the_first_30_days_are_over_it_says_from_when_there_will_be_a_figure():
    noticed(10, "100.00")
    assert patient_collection.measure(TODAY).note == "From Oct 6, when the first notices are 30 days old."


# --------------------------------------------------------------------------------------------------- lag and clean claims


def test_charge_lag_counts_practice_local_days():
    for served, moment in (
        (ago(3), datetime(2026, 9, 14, 4, 30, tzinfo=UTC)),  # 11:30 PM on the 13th in Austin: same day
        (ago(5), at(ago(3))),
        (ago(10), at(ago(3))),
    ):
        ClaimFactory(status=ClaimStatus.SUBMITTED, encounter__service_date=served, first_submitted_at=moment)
    figure = charge_lag.measure(TODAY)
    assert (figure.numerator, figure.denominator, figure.value) == (9, 3, D("3.0000"))
    found = parts(figure)
    assert (found["After 1 day"], found["After 2 days"], found["After 4 days or more"]) == (0, 1, 1)
    assert found["Sent the same day"] == D(1) / 3


def test_a_claim_that_somebody_touched_is_not_clean():
    for clean in (True, True, True, False, None):
        ClaimFactory(passed_untouched=clean, built_at=at(ago(4)))
    figure = clean_claims.measure(TODAY)
    assert (figure.numerator, figure.denominator, figure.value) == (3, 4, D("0.7500"))
