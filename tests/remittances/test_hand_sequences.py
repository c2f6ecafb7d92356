"""What people do between the payers' answers, in random sequences: each with the end that the rules give it.

A paper and the payer's own 835 of it are one payment, whichever comes first. What a person finds for a claim is as if the file had
named it. A write-off stands behind the answers that came before it: among those, and among those that come after, the order decides
nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.claims.models import Claim
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import claim_receivable
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.remittances.models import RemittanceException
from apps.remittances.rules.entered import EnteredPayment
from apps.remittances.services import EobHead, KnownPaymentError, enter_eob, settle_by_posting
from apps.x12.guides import x835
from tests.factories.entered import entered
from tests.factories.practice import PayerFactory, UserFactory
from tests.factories.remittances import (
    NOW,
    PAID_ON,
    clp,
    payment,
    remittance_bytes,
    reversal_of,
    submitted_claim,
    svc,
    without_our_numbers,
)
from tests.remittances.test_sequences import Visit, delivered, files_of, lines_of, said, visits

pytestmark = pytest.mark.django_db
few = settings(
    max_examples=max(3, settings.default.max_examples // 10),  # each posts a whole history
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHECK = "48217"
PAID = Decimal("0.6")
Step = bytes | Callable[[], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One check for a claim, as the payer tells it and as a person enters it."""

    claim: Claim
    lines: tuple[x835.ServiceLine, ...]

    def told(self, **fields: object) -> x835.RemittedClaim:
        return clp(self.claim, *self.lines, **fields)

    def file(self, *claims: x835.RemittedClaim) -> bytes:
        return remittance_bytes(payment(*(claims or (self.told(),)), payer=self.claim.payer, trace=CHECK))

    def enter(self) -> None:
        """Refused where the payer's own came first."""
        told = self.told()
        lines = [(str(line.paid), _codes(line)) for line in self.lines]
        one = entered(self.claim, *lines, payer_claim_number=told.payer_claim_number)
        paper = EnteredPayment(told.paid, (one,), ())
        head = EobHead(payer=self.claim.payer, trace_number=CHECK, paid_on=PAID_ON)
        try:
            enter_eob(head, paper, leave_rest=False, note="Binder 4", acting_user=UserFactory(), now=NOW)
        except KnownPaymentError:
            return

    def find(self) -> None:
        """A person says whose it is, where it waits for that."""
        waits = RemittanceException.objects.filter(payment__trace_number=CHECK, kind="unmatched", state="open")
        for each in waits:
            settle_by_posting(
                exception_id=each.public_id,
                claim_id=self.claim.public_id,
                note="Asked the payer",
                acting_user=UserFactory(),
                now=NOW,
            )


def _codes(line: x835.ServiceLine) -> str:
    return ", ".join(f"{item.group}-{item.reason} {item.amount}" for item in line.adjustments)


def checked(data: st.DataObject, claim: Claim) -> Check:
    """Something is paid on its first line."""
    drawn = data.draw(said(claim.lines.count(), ["1"]))
    paying = replace(drawn, lines=((PAID, *drawn.lines[0][1:]), *drawn.lines[1:]))
    return Check(claim, tuple(lines_of(paying, claim)))


def shuffled(data: st.DataObject, steps: Sequence[Step]) -> list[Step]:
    return data.draw(st.permutations(steps))


@few
@given(visit=visits(), data=st.data())
def test_a_paper_and_the_payers_own_835_are_one_payment_whichever_comes_first(
    visit: Visit, data: st.DataObject
) -> None:
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        check = checked(data, claim)
        files: list[Step] = [*files_of(visit, claim, PayerFactory()), check.file()]
        if data.draw(st.booleans()):
            files.append(remittance_bytes(payment(reversal_of(check.told()), payer=claim.payer)))
        alone = delivered(shuffled(data, files))
        assert delivered(shuffled(data, [*files, check.enter])) == alone
        transaction.set_rollback(True)


@pytest.mark.long
@few
@given(visit=visits(), data=st.data())
def test_a_paper_that_says_something_else_and_the_payers_own_835_are_never_both_posted(
    visit: Visit, data: st.DataObject
) -> None:
    """The first of them stands. The payer's own then waits for a person, the person's is refused with a sentence."""
    with transaction.atomic():
        claim, other = submitted_claim(*visit.amounts), submitted_claim(*visit.amounts)
        other.payer = claim.payer
        other.save()
        check = checked(data, claim)
        mistaken = Check(
            other, tuple(svc(line, str(told.paid)) for line, told in zip(other.lines.all(), check.lines, strict=True))
        )
        files = files_of(visit, claim, PayerFactory())
        steps = shuffled(data, [*files, check.file(), mistaken.enter])
        first = next(step for step in steps if step not in files)
        end = delivered(steps)
        alone = delivered(shuffled(data, [*files, first]))
        if isinstance(first, bytes):
            assert end == alone
        else:
            assert replace(end, waiting=alone.waiting) == alone
            assert end.waiting - alone.waiting == {("continuation", Decimal("0.00"), CHECK, None, "open")}
        transaction.set_rollback(True)


@pytest.mark.long
@few
@given(visit=visits(), data=st.data())
def test_a_claim_that_a_person_finds_is_as_if_the_file_had_named_it(visit: Visit, data: st.DataObject) -> None:
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        check = checked(data, claim)
        named = check.told(payer_claim_number="")
        files = files_of(visit, claim, PayerFactory())
        found = [*shuffled(data, [*files, check.file(without_our_numbers(named, "LOST")), check.find]), check.find]
        assert delivered(found) == delivered(shuffled(data, [*files, check.file(named)]))
        transaction.set_rollback(True)


def write_off(claim: Claim) -> Callable[[], None]:
    """All that the payer still owes of the first line is given up."""
    charge = claim.lines.all()[0].charge_id

    def act() -> None:
        owed = claim_receivable([charge]).insurance
        if owed > 0:
            whose = {"patient_id": claim.patient_id, "charge_id": charge, "payer_id": claim.payer_id}
            legs = (
                NewLeg(Account.WRITE_OFF, owed, **whose),
                NewLeg(Account.INSURANCE_RECEIVABLE, -owed, **whose),
            )
            post_entries([NewEntry(Entry.Kind.ADJUSTMENT, "test:given up", NOW.date(), legs)], now=NOW)

    return act


@pytest.mark.long
@few
@given(visit=visits(), data=st.data())
def test_a_write_off_parts_the_answers_into_those_before_and_those_after_and_no_further(
    visit: Visit, data: st.DataObject
) -> None:
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        files = shuffled(data, files_of(visit, claim, PayerFactory()))
        cut = data.draw(st.integers(0, len(files)))
        before, after = files[:cut], files[cut:]
        ends = [delivered([*shuffled(data, before), write_off(claim), *shuffled(data, after)]) for _ in range(2)]
        assert ends[0] == ends[1]
        transaction.set_rollback(True)
