"""The first payer denied a part and left a part to the patient; a further payer pays without a claim of its own (DOMAIN 1, 4, 5)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from apps.claims.models import Claim
from apps.denials.models import UNDECIDED, Denial
from apps.denials.selectors.soundness import denial_faults
from apps.denials.services import open_denials
from apps.ledger.models import Account
from apps.ledger.selectors import insurance_by_payer, ledger_faults
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.x12.guides import x835
from tests.factories.ledger import account_totals
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, adjustments, clp, payment, stored_file, submitted_claim, svc
from tests.remittances.test_given_up import receivable

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Said = tuple[str, *tuple[tuple[str, str], ...]]
FIRST: Said = ("60.00", ("PR-2", "20.00"), ("CO-97", "20.00"))
State = Denial.State


def post(said: x835.Remittance, days: int) -> None:
    """As it comes so many days later; its denials are opened."""
    stored_file(said)
    now = NOW + timedelta(days=days)
    assert post_remittances(now=now).failures == ()
    open_denials(now=now)
    assert (ledger_faults(), denial_faults()) == ([], [])


def told(claim: Claim, said: Said, order: Sequence[int]) -> None:
    """The first payer's answer and the further one's, in this order."""
    paid, *codes = said
    line = claim.lines.get()
    payments = [
        payment(clp(claim, svc(line, *FIRST), status="19"), payer=claim.payer),
        payment(clp(claim, svc(line, paid, *codes), status="2"), payer=PayerFactory()),
    ]
    for days, number in enumerate(order):
        post(payments[number], days)


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize(
    ("said", "with_payers", "with_patient", "reduced"),
    [
        pytest.param(("20.00", ("OA-23", "80.00")), "20.00", "0.00", "0.00", id="the share"),
        pytest.param(
            ("15.00", ("PR-2", "5.00"), ("OA-23", "80.00")), "20.00", "5.00", "0.00", id="a part of the share"
        ),
        pytest.param(
            ("15.00", ("CO-45", "5.00"), ("OA-23", "80.00")), "20.00", "0.00", "5.00", id="takes the rest off"
        ),
        pytest.param(("25.00", ("OA-23", "75.00")), "15.00", "0.00", "0.00", id="more than the share"),
        pytest.param(("15.00", ("CO-45", "85.00")), "0.00", "0.00", "25.00", id="takes the whole charge off"),
    ],
)
def test_the_patients_share_is_settled_before_another_payers_denial(
    order: Sequence[int], said: Said, with_payers: str, with_patient: str, reduced: str
) -> None:
    claim = submitted_claim("100.00")
    told(claim, said, order)
    now_open = receivable(claim)
    assert (now_open.insurance, now_open.patient) == (Decimal(with_payers), Decimal(with_patient))
    assert account_totals()[Account.CONTRACTUAL] == Decimal(reduced)
    owed = insurance_by_payer([claim.lines.get().charge_id])
    assert owed == ({claim.payer_id: Decimal(with_payers)} if Decimal(with_payers) else {})


@pytest.mark.parametrize(
    ("said", "state", "recovered"),
    [
        (("20.00", ("OA-23", "80.00")), State.OPEN, None),
        (("15.00", ("PR-2", "5.00"), ("OA-23", "80.00")), State.OPEN, None),
        (("25.00", ("OA-23", "75.00")), State.RECOVERED, Decimal("5.00")),
        (("40.00", ("OA-23", "60.00")), State.RECOVERED, Decimal("20.00")),
        (("15.00", ("CO-45", "5.00"), ("OA-23", "80.00")), State.OPEN, None),
        (("15.00", ("CO-45", "85.00")), State.RECOVERED, Decimal("0.00")),
        (("0.00", ("CO-45", "40.00"), ("PR-2", "20.00"), ("OA-23", "40.00")), State.RECOVERED, Decimal("0.00")),
    ],
)
def test_a_denial_is_recovered_by_what_goes_beyond_the_share(said: Said, state: str, recovered: Decimal | None) -> None:
    claim = submitted_claim("100.00")
    told(claim, said, (0, 1))
    found = Denial.objects.get()
    assert (found.state, found.recovered_amount) == (state, recovered)


@pytest.mark.parametrize(
    "said", [("15.00", ("CO-45", "85.00")), ("0.00", ("CO-45", "40.00"), ("PR-2", "20.00"), ("OA-23", "40.00"))]
)
def test_a_denial_of_which_a_further_payer_left_nothing_open_is_no_work_any_more(said: Said) -> None:
    claim = submitted_claim("100.00")
    told(claim, said, (0, 1))
    assert receivable(claim).insurance == 0
    assert not Denial.objects.filter(state__in=UNDECIDED).exists()
    assert not WorkItem.objects.filter(kind="denial", state=WorkItem.State.OPEN).exists()


def test_that_another_payer_refuses_too_decides_nothing_for_the_one_that_denied() -> None:
    claim = submitted_claim("100.00")
    told(claim, ("20.00", ("CO-97", "20.00"), ("OA-23", "60.00")), (0, 1))
    theirs = Denial.objects.get(payer=claim.payer)
    assert (theirs.state, theirs.recovered_amount) == (State.OPEN, None)
    assert insurance_by_payer([claim.lines.get().charge_id]) == {claim.payer_id: Decimal("20.00")}


def test_of_a_denial_beside_the_lines_the_share_of_all_lines_counts() -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    line = claim.lines.get()
    first = clp(
        claim,
        svc(line, "80.00", ("PR-2", "20.00")),
        status="19",
        paid=Decimal("50.00"),
        adjustments=adjustments(("CO-50", "30.00")),
    )
    post(payment(first, payer=claim.payer), 0)
    post(payment(clp(claim, svc(line, "20.00", ("OA-23", "80.00")), status="2"), payer=second), 1)
    assert Denial.objects.get().state == State.OPEN
    post(payment(clp(claim, svc(line, "90.00", ("PR-2", "10.00"))), payer=claim.payer), 2)
    found = Denial.objects.get()
    assert (found.state, found.recovered_amount) == (State.RECOVERED, Decimal("90.00"))
