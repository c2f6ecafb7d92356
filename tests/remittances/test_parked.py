"""Money that was set apart comes out again: to claims, or back to its payer; never more than is left."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.core import clock
from apps.core.clock import practice_date
from apps.core.models import User
from apps.ledger.models import Account
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults
from apps.patient_balances.models import Refund
from apps.patient_balances.services import PaidBack, ReviewError, refund_parked
from apps.practice.models import Practice
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, RemittancePayment
from apps.remittances.selectors.parked import left_of, parked_money
from apps.remittances.selectors.posting_soundness import posting_faults
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import (
    SettlementError,
    apply_parked,
    post_remittances,
    settle_as_not_ours,
    split_exception,
)
from apps.worklist.models import WorkItem
from tests.factories.entered import entered
from tests.factories.ledger import account_totals
from tests.factories.practice import UserFactory
from tests.factories.remittances import PAID_ON, clp, payment, plb, reversal_of, stored_file, submitted_claim
from tests.factories.remittances import without_our_numbers as lost
from tests.remittances.test_pages import text
from tests.remittances.test_split_pages import HTMX, typed

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ZERO = Decimal("0.00")
PARKED = reverse("remittances:parked")
CHECK = PaidBack("check", "5501", PAID_ON)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def owed(claim: Claim) -> Receivable:
    return claim_receivable(claim.lines.values_list("charge_id", flat=True))


def set_apart(now: datetime, clerk: User, trace: str = "EFT7") -> tuple[RemittanceException, Claim]:
    """130.00 for a claim that nobody knew, and the claim of 100.00 that it turns out to pay."""
    claim = submitted_claim("100.00")
    return set_apart_of(claim, now, clerk, trace), claim


def set_apart_of(claim: Claim, now: datetime, clerk: User, trace: str = "EFT7") -> RemittanceException:
    unknown = clp(claim, charge=Decimal(130), paid=Decimal(130), lines=(), payer_claim_number="")
    stored_file(payment(lost(unknown, "LOST7"), payer=claim.payer, trace=trace))
    post_remittances(now=now)
    exception = RemittanceException.objects.get(state="open")
    settle_as_not_ours(exception_id=exception.public_id, note="Whose?", acting_user=clerk, now=now)
    exception.refresh_from_db()
    return exception


def apply(exception: RemittanceException, clerk: User, now: datetime, *claims: object) -> RemittancePayment:
    return apply_parked(exception_id=exception.public_id, claims=claims, note="Found", acting_user=clerk, now=now)  # type: ignore[arg-type]


def give_back(exception: RemittanceException, clerk: User, now: datetime, amount: str) -> Refund:
    return refund_parked(
        exception_id=exception.public_id,
        amount=Decimal(amount),
        paid_back=CHECK,
        note="Not ours",
        acting_user=clerk,
        now=now,
    )


def test_it_is_applied_to_a_claim_and_the_rest_stays_apart(now: datetime, clerk: User) -> None:
    exception, claim = set_apart(now, clerk)
    posted = apply(exception, clerk, now, entered(claim, ("80.00", "CO-45 20.00")))
    assert owed(claim) == Receivable(ZERO, ZERO)
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("-50.00")
    assert left_of(exception) == Decimal("50.00")
    assert (posted.trace_number, posted.amount) == ("EFT7", ZERO)
    assert posted.file.transmission.by_hand.purpose == "applied"
    assert AuditEvent.objects.get(action="apply_parked").actor == clerk
    assert (payment_faults(), ledger_faults()) == ([], [])


def test_it_is_given_back_with_the_record_of_a_refund(now: datetime, clerk: User) -> None:
    exception, claim = set_apart(now, clerk)
    refund = give_back(exception, clerk, now, "100.00")
    assert (refund.payer, refund.method, refund.number, refund.parked) == (claim.payer, "check", "5501", exception)
    assert account_totals()[Account.REFUNDS] == Decimal("-100.00")
    assert left_of(exception) == Decimal("30.00")
    give_back(exception, clerk, now, "30.00")
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert parked_money() == []
    assert AuditEvent.objects.filter(action="refund_parked", actor=clerk).count() == 2
    assert (payment_faults(), ledger_faults()) == ([], [])


def test_no_more_than_is_left_comes_out(now: datetime, clerk: User) -> None:
    exception, claim = set_apart(now, clerk)
    give_back(exception, clerk, now, "60.00")
    with pytest.raises(SettlementError, match=r"\$70\.00 of it is left; \$80\.00 cannot be taken out"):
        apply(exception, clerk, now, entered(claim, ("80.00", "CO-45 20.00")))
    with pytest.raises(ReviewError, match=r"\$70\.00 of it is left"):
        give_back(exception, clerk, now, "70.01")
    apply(exception, clerk, now, entered(claim, ("70.00", "CO-45 30.00")))
    with pytest.raises(ReviewError, match=r"\$0\.00 of it is left"):
        give_back(exception, clerk, now, "0.01")
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert payment_faults() == []


def test_what_does_not_add_up_or_is_nothing_is_refused(now: datetime, clerk: User) -> None:
    exception, claim = set_apart(now, clerk)
    with pytest.raises(SettlementError, match="neither paid nor adjusted"):
        apply(exception, clerk, now, entered(claim, ("80.00", "")))
    with pytest.raises(SettlementError, match="Name how much"):
        apply(exception, clerk, now, entered(claim, ("0.00", "CO-45 100.00")))
    with pytest.raises(ReviewError, match="Say how it was paid back"):
        refund_parked(
            exception_id=exception.public_id,
            amount=Decimal(5),
            paid_back=PaidBack("check", " ", PAID_ON),
            note="x",
            acting_user=clerk,
            now=now,
        )
    assert left_of(exception) == Decimal("130.00")
    assert RemittancePayment.objects.count() == 1


def test_of_what_is_open_or_took_money_back_nothing_comes_out(now: datetime, clerk: User) -> None:
    exception, claim = set_apart(now, clerk)
    RemittanceException.objects.filter(pk=exception.pk).update(entry=None)
    with pytest.raises(SettlementError, match=r"\$0\.00 of it is left"):
        apply(exception, clerk, now, entered(claim, ("80.00", "CO-45 20.00")))
    RemittanceException.objects.filter(pk=exception.pk).update(entry=exception.entry)
    stored_file(payment(reversal_of(clp(claim)), payer=claim.payer, plbs=[plb("FB", "-100.00")]))
    post_remittances(now=now)
    back = RemittanceException.objects.get(state="open")
    settle_as_not_ours(exception_id=back.public_id, note="x", acting_user=clerk, now=now)
    assert [each.exception for each in parked_money()] == [exception]
    with pytest.raises(SettlementError, match=r"\$0\.00 of it is left"):
        apply(back, clerk, now, entered(claim, ("80.00", "CO-45 20.00")))


def work(exception: RemittanceException) -> list[tuple[str, Decimal, date | None]]:
    found = WorkItem.objects.filter(kind="parked_money", subject_public_id=exception.public_id)
    return list(found.order_by("pk").values_list("state", "amount_at_stake", "due_on"))


@pytest.mark.parametrize(("kind", "days"), [("MB", 60), ("MC", 60), ("BL", 45)])
def test_what_is_set_apart_is_work_with_the_day_on_which_it_is_due_back(
    kind: str, days: int, now: datetime, clerk: User, biller: Client
) -> None:
    Practice.objects.update(refund_days=45)
    claim = submitted_claim("100.00", encounter__coverage__payer__filing_indicator=kind)
    exception = set_apart_of(claim, now, clerk)
    due = practice_date(now) + timedelta(days=days)
    assert work(exception) == [("open", Decimal("130.00"), due)]
    shown = text(biller.get(PARKED))
    assert f"{days} days" in shown
    settled = text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert "Waited in clearing" in settled
    apply(exception, clerk, now, entered(claim, ("80.00", "CO-45 20.00")))
    assert work(exception) == [("open", Decimal("50.00"), due)]
    assert posting_faults() == []
    WorkItem.objects.filter(kind="parked_money").update(amount_at_stake=49)
    assert any(
        f"that exception {exception.public_id} set apart says 49.00, and 50.00 is left" in each
        for each in posting_faults()
    )
    give_back(exception, clerk, now, "50.00")
    assert [state for state, *_ in work(exception)] == ["done"]
    assert WorkItem.objects.filter(kind="remittance_exception", state="open").count() == 0


def test_what_a_split_set_apart_comes_out_too(now: datetime, clerk: User) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("100.00")
    stored_file(payment(clp(one), payer=one.payer, amount="190.00"))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    split_exception(
        exception_id=exception.public_id,
        claims=[entered(other, ("40.00", "CO-45 60.00"))],
        apart=Decimal("50.00"),
        note="x",
        acting_user=clerk,
        now=now,
    )
    third = submitted_claim("50.00")
    apply(exception, clerk, now, entered(third, ("50.00", "")))
    assert owed(third) == Receivable(ZERO, ZERO)
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert parked_money() == []
    assert payment_faults() == []


def test_the_page_lists_what_is_left_of_each_payment(biller: Client, now: datetime, clerk: User) -> None:
    assert "Nothing is set apart" in text(biller.get(PARKED))
    exception, claim = set_apart(now, clerk)
    apply(exception, clerk, now, entered(claim, ("80.00", "CO-45 20.00")))
    give_back(exception, clerk, now, "20.00")
    shown = text(biller.get(PARKED))
    for words in ("EFT7", "LOST7", "Whose?", "$130.00", "$80.00", "$20.00", "$30.00"):
        assert words in shown
    assert reverse("remittances:apply_parked", args=[exception.public_id]) in shown
    assert reverse("balances:refund_parked", args=[exception.public_id]) in shown
    settled = text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert "Apply $30.00 to claims" in settled
    assert "Money that was set apart, applied" in settled


def test_the_number_of_queries_does_not_grow_with_the_list(
    biller: Client, now: datetime, clerk: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(4):
        set_apart(now, clerk, trace=f"EFT{number}")
    with django_assert_max_num_queries(18):  # type: ignore[attr-defined]
        assert text(biller.get(PARKED)).count("Apply to claims") == 4


def test_it_is_applied_on_its_page(biller: Client, now: datetime, clerk: User) -> None:
    exception, claim = set_apart(now, clerk)
    page = reverse("remittances:apply_parked", args=[exception.public_id])
    assert "Left of what was set apart" in text(biller.get(page))
    told = typed((claim, "80.00", "CO-45 20.00"))
    assert "Stays apart" in text(biller.post(page, {**told, "do": "balance"}, headers=HTMX))
    too_much = typed((claim, "140.00", "CO-45 -40.00"), note="x", do="post")
    assert "$130.00 of it is left" in text(biller.post(page, too_much), 422)
    assert biller.post(page, {**told, "note": "Found", "do": "post"}).headers["Location"] == PARKED
    assert owed(claim) == Receivable(ZERO, ZERO)


def test_it_is_given_back_on_its_page(biller: Client, now: datetime, clerk: User) -> None:
    exception, _ = set_apart(now, clerk)
    page = reverse("balances:refund_parked", args=[exception.public_id])
    assert 'value="130.00"' in text(biller.get(page))
    told = {"amount": "130.00", "method": "check", "number": "5501", "paid_on": PAID_ON.isoformat(), "note": "Theirs"}
    assert "$130.00 of it is left" in text(biller.post(page, told | {"amount": "131"}), 422)
    assert "This field is required." in text(biller.post(page, told | {"number": ""}), 422)
    assert biller.post(page, told).headers["Location"] == page
    shown = text(biller.get(page))
    assert "Check, 5501" in shown
    assert "Nothing is left of it." in shown


def test_the_pages_open_by_permission_only(
    biller: Client, signed_in: Callable[[Role | None], Client], now: datetime, clerk: User
) -> None:
    exception, _ = set_apart(now, clerk)
    apply_page = reverse("remittances:apply_parked", args=[exception.public_id])
    back_page = reverse("balances:refund_parked", args=[exception.public_id])
    coder = signed_in(Role.CODER)
    assert {coder.get(page).status_code for page in (PARKED, apply_page, back_page)} == {403}
    assert biller.get(reverse("remittances:apply_parked", args=["nothing"])).status_code == 404
    assert biller.get(reverse("balances:refund_parked", args=["nothing"])).status_code == 404
    biller.get(apply_page)
    biller.get(PARKED)
    assert AuditEvent.objects.filter(subject_kind="parked_money", action="list").exists()
