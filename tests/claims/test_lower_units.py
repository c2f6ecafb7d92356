"""A coder lowers the units of a line, with its charge or without, by the proposal of the limit or by hand."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, ClaimLine, FieldChange, Finding
from apps.claims.selectors.soundness import claim_faults
from apps.claims.services import (
    ClaimNotEditableError,
    LineNotMovableError,
    ReasonMissingError,
    build_claims,
    confirm_coding,
    lower_units,
    scrub_claims,
    void_claim,
)
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.soundness import ledger_faults
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from tests.claims.pages import page
from tests.factories.claims import AdjudicationFactory
from tests.factories.code_edits import UnitLimitFactory
from tests.factories.intake import EncounterFactory
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import clp, payment, remittance_bytes, stored_file, svc

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
WHY = "Progress note of the visit: 15 minutes each, six."


@pytest.fixture
def coder() -> User:
    return UserFactory(role=Role.CODER)


@pytest.fixture
def claim(now: datetime) -> Claim:
    """Its second line bills nine units for $180.00; CMS takes six a day."""
    PracticeFactory()
    visit = EncounterFactory(charges__size=2)
    visit.charges.filter(number=2).update(procedure="97110", units=9, amount="180.00")
    UnitLimitFactory(code="97110", most=6, adjudication="2")
    build_claims(now=now)
    scrub_claims(now=now)
    made: Claim = Claim.objects.get()
    assert made.status == ClaimStatus.EXCEPTION
    return made


def owed(claim: Claim) -> Decimal:
    legs = Leg.objects.filter(account=Account.INSURANCE_RECEIVABLE, charge__encounter=claim.encounter)
    return legs.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def line(claim: Claim) -> ClaimLine:
    return claim.lines.get(number=2)


def lower(claim: Claim, units: str, coder: User, now: datetime, **fields: object) -> ClaimStatus:
    given = {"line": 2, "charge_falls": True, "reason": WHY}
    return lower_units(
        claim_id=claim.public_id, units=Decimal(units), acting_user=coder, now=now, **{**given, **fields}
    )


def sound() -> None:
    assert claim_faults() == []
    assert ledger_faults() == []


@pytest.mark.long
def test_the_limits_proposal_lowers_units_and_charge_once_a_coder_has_confirmed_it(
    claim: Claim, coder: User, now: datetime
) -> None:
    finding = claim.findings.get(state=Finding.State.OPEN)
    assert finding.fix["label"] == "Bill 6 units; the charge falls with them"
    before = claim.total
    assert confirm_coding(finding_id=finding.pk, statement=WHY, acting_user=coder, now=now)
    claim.refresh_from_db()
    assert (line(claim).units, line(claim).amount, claim.total) == (6, Decimal("120.00"), before - 60)
    assert owed(claim) == claim.total
    change = FieldChange.objects.get()
    assert (change.field, change.line, change.before, change.after, change.actor) == ("line.units", 2, "9", "6", coder)
    assert any("from $180.00 to $120.00" in event.what for event in claim.events.all())
    sound()


def test_a_charge_that_was_entered_for_so_many_stays(claim: Claim, coder: User, now: datetime) -> None:
    before = claim.total
    assert lower(claim, "4", coder, now, charge_falls=False) is ClaimStatus.READY
    claim.refresh_from_db()
    assert (line(claim).units, line(claim).amount, claim.total, owed(claim)) == (4, Decimal("180.00"), before, before)
    assert AuditEvent.objects.filter(action="lower_units").count() == 1
    sound()


@pytest.mark.long
def test_lowered_twice_and_then_voided_nothing_is_left_in_the_books(claim: Claim, coder: User, now: datetime) -> None:
    lower(claim, "7", coder, now)
    assert line(claim).amount == Decimal("140.00")
    lower(claim, "3", coder, now)
    assert line(claim).amount == Decimal("60.00")
    sound()
    void_claim(claim_id=claim.public_id, reason="Billed twice.", acting_user=coder, now=now)
    assert owed(claim) == 0
    sound()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"units": "9"}, "bills 9 units"),
        ({"units": "10"}, "bills 9 units"),
        ({"units": "0"}, "more than none"),
        ({"units": "NaN"}, "more than none"),
        ({"units": "1", "line": 5}, "no line 5"),
    ],
)
def test_only_fewer_units_of_a_line_that_is_there(
    fields: dict[str, object], words: str, claim: Claim, coder: User, now: datetime
) -> None:
    with pytest.raises(LineNotMovableError, match=words):
        lower(claim, str(fields.pop("units")), coder, now, **fields)
    assert line(claim).units == 9


def test_it_is_a_coders_with_a_reason_while_no_payer_has_answered(claim: Claim, coder: User, now: datetime) -> None:
    with pytest.raises(PermissionDenied):
        lower(claim, "6", UserFactory(role=Role.BILLER), now)
    with pytest.raises(ReasonMissingError):
        lower(claim, "6", coder, now, reason=" ")
    AdjudicationFactory(claim=claim, line=line(claim))
    with pytest.raises(ClaimNotEditableError, match="has answered"):
        lower(claim, "6", coder, now)
    finding = claim.findings.get(state=Finding.State.OPEN)
    with pytest.raises(ClaimNotEditableError, match="has answered"):
        confirm_coding(finding_id=finding.pk, statement=WHY, acting_user=coder, now=now)
    assert owed(claim) == claim.total


@pytest.mark.long
def test_the_page_lowers_units_for_a_coder_and_tells_what_cannot_be(claim: Claim, signed_in: SignIn) -> None:
    where = reverse("claims:lower_units", args=[claim.public_id])
    biller = signed_in(Role.BILLER)
    assert "Lower the units of a line" not in page(biller, "claims:exception", claim.public_id)
    assert biller.post(where, {"line": "2", "units": "6", "reason": WHY}).status_code == 403
    browser = signed_in(Role.CODER)
    assert "97110, 9 units, $180.00" in page(browser, "claims:exception", claim.public_id)
    for units in ("many", "1e1", "-1", ""):
        told = browser.post(where, {"line": "2", "units": units, "reason": WHY}, follow=True).content.decode()
        assert "say how many fewer it is to bill" in told
    done = browser.post(where, {"line": "2", "units": "6", "charge": "falls", "reason": WHY}, follow=True)
    assert "Lowered. Ready to send" in done.content.decode()
    assert line(claim).amount == Decimal("120.00")


@pytest.mark.long
def test_the_answer_to_fewer_units_is_a_first_answer_also_where_the_payer_allows_more(
    claim: Claim, coder: User, now: datetime
) -> None:
    lower(claim, "6", coder, now)
    Claim.objects.update(status=ClaimStatus.SUBMITTED)
    claim = Claim.objects.get()
    first, second = claim.lines.order_by("number")
    said = clp(claim, svc(first, str(first.amount)), svc(second, "130.00", ("CO-45", "-10.00")))
    stored_file(payload=remittance_bytes(payment(said, payer=claim.payer)), name="a.835")
    assert post_remittances(now=now).failures == ()
    assert owed(claim) == 0
    allowed = Leg.objects.filter(account=Account.CONTRACTUAL, charge=second.charge_id).aggregate(total=Sum("amount"))
    assert allowed["total"] == Decimal("-10.00")
    sound()
