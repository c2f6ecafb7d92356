"""Splitting on its page: claims are added by number, what does not add up is said while it is typed."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, RemittancePayment
from apps.remittances.services import post_remittances, settle_as_not_ours
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, plb, reversal_of, stored_file, submitted_claim, svc
from tests.factories.remittances import without_our_numbers as lost
from tests.remittances.test_pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HTMX = {"HX-Request": "true"}


def waiting(now: datetime) -> tuple[RemittanceException, Claim, Claim]:
    one, other = submitted_claim("100.00"), submitted_claim("100.00")
    joined = clp(one, svc(one.lines.get(), "100.00"), charge=Decimal(130), paid=Decimal(130), lines=())
    stored_file(payment(lost(joined, "LOST7"), payer=one.payer, trace="EFT7"))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    return exception, one, other


def address(exception: RemittanceException) -> str:
    return reverse("remittances:split", args=[exception.public_id])


def typed(*claims: tuple[Claim, str, str], **told: str) -> dict[str, object]:
    fields: dict[str, object] = {"claim": [claim.public_id for claim, _, _ in claims], **told}
    for claim, paid, codes in claims:
        fields |= {f"{claim.public_id}-1-paid": paid, f"{claim.public_id}-1-codes": codes}
    return fields


def test_the_exception_leads_to_its_split_and_an_empty_split_says_what_to_do(biller: Client, now: datetime) -> None:
    exception, _, _ = waiting(now)
    page = text(biller.get(reverse("remittances:exception", args=[exception.public_id])))
    assert address(exception) in page
    shown = text(biller.get(address(exception)))
    assert "press Enter" in shown
    assert "Enter at least one claim." in shown


def test_a_claim_is_added_by_its_number_and_its_reading_is_kept(biller: Client, now: datetime) -> None:
    exception, one, other = waiting(now)
    told = {**typed((one, "80.00", "CO-45 20.00")), "do": "add", "number": other.control_number.lower()}
    shown = text(biller.post(address(exception), told, headers=HTMX))
    assert shown.lstrip().startswith("<form")
    assert f'name="{other.public_id}-1-paid"' in shown
    assert 'value="CO-45 20.00"' in shown
    seen = AuditEvent.objects.filter(action="view").latest("pk")
    assert (seen.subject_public_id, set(seen.patients)) == (
        exception.public_id,
        {one.patient.public_id, other.patient.public_id},
    )


def test_a_number_that_is_no_claims_is_said_and_a_claim_can_be_removed(biller: Client, now: datetime) -> None:
    exception, one, other = waiting(now)
    told = typed((one, "80.00", ""), (other, "50.00", ""))
    assert "There is no claim T000" in text(biller.post(address(exception), {**told, "do": "add", "number": "T000"}))
    again = text(biller.post(address(exception), {**told, "do": "add", "number": one.control_number}))
    assert "stands here already" in again
    left = text(biller.post(address(exception), {**told, "do": f"remove-{other.public_id}"}))
    assert f"{one.public_id}-1-paid" in left
    assert f"{other.public_id}-1-paid" not in left


@pytest.mark.parametrize(
    ("said", "apart", "says"),
    [
        (("80.00", "CO-45 20.00"), "", "$50.00 of $130.00 has no place yet."),
        (("80.00", "CO-45 20.00"), "50.00", "To the cent"),
        (("80.00", "CO-45 10.00"), "50.00", "$10.00 of $100.00 is neither paid nor adjusted."),
        (("80,0", ""), "", "Write dollars and cents, such as 80.00."),
        (("80.00", "45 20.00"), "", "Write each as CO-45 20.00."),
    ],
)
def test_the_balance_is_told_while_it_is_typed_and_changes_nothing(
    biller: Client, now: datetime, said: tuple[str, str], apart: str, says: str
) -> None:
    exception, one, _ = waiting(now)
    told = {**typed((one, *said)), "apart": apart, "do": "balance"}
    shown = text(biller.post(address(exception), told, headers=HTMX))
    assert shown.lstrip().startswith('<section id="balance"')
    assert says in shown
    exception.refresh_from_db()
    assert exception.state == "open"


def test_what_adds_up_is_posted(biller: Client, now: datetime) -> None:
    exception, one, other = waiting(now)
    told = typed((one, "80.00", "CO-45 20.00"), (other, "40.00", "PR-1 60"), apart="10.00", note="By phone", do="post")
    response = biller.post(address(exception), told)
    assert response.headers["Location"] == reverse("remittances:exceptions")
    exception.refresh_from_db()
    assert (exception.state, exception.note, exception.remitted_claim.outcome) == ("settled", "By phone", "split")
    assert RemittancePayment.objects.latest("pk").claims.count() == 2


def test_what_does_not_add_up_says_where_and_keeps_what_was_typed(biller: Client, now: datetime) -> None:
    exception, one, other = waiting(now)
    told = typed((one, "80.00", "CO-45 20.00"), (other, "40.00", "PR-1 50"), note="By phone", do="post")
    shown = text(biller.post(address(exception), told), 422)
    assert shown.count("$10.00 of $100.00 is neither paid nor adjusted.") >= 2
    assert "By phone" in shown
    assert "This field is required." in text(biller.post(address(exception), {**told, "note": ""}), 422)
    exception.refresh_from_db()
    assert exception.state == "open"


def test_it_opens_by_permission_only_and_for_what_can_be_split(
    biller: Client, signed_in: Callable[[Role | None], Client], now: datetime
) -> None:
    exception, one, _ = waiting(now)
    assert signed_in(Role.CODER).get(address(exception)).status_code == 403
    assert biller.get(reverse("remittances:split", args=["nothing"])).status_code == 404
    settle_as_not_ours(exception_id=exception.public_id, note="x", acting_user=UserFactory(), now=now)
    assert biller.get(address(exception)).status_code == 302
    stored_file(payment(reversal_of(clp(one)), payer=one.payer, plbs=[plb("FB", "-100.00")]))
    post_remittances(now=now)
    assert biller.get(address(RemittanceException.objects.get(state="open"))).status_code == 404
