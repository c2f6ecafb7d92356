"""Two payers' denials stand on the same money of one line. What is given up leaves the names in which it stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db.models import Sum

from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.denials.models import Denial
from apps.denials.selectors.soundness import denial_faults
from apps.denials.services import open_denials, release_to_patient, write_off
from apps.ledger.models import Account, Entry, Leg, WriteOffReason
from apps.ledger.selectors import claim_receivable, insurance_by_payer, ledger_faults
from apps.practice.models import Payer
from apps.remittances.services import post_remittances
from apps.x12.guides import x835
from tests.claims.secondaries import with_second_plan
from tests.factories.ledger import account_totals
from tests.factories.practice import PayerFactory, UserFactory
from tests.factories.remittances import NOW, clp, payment, plb, reversal_of, stored_file, submitted_claim, svc
from tests.orders import orders

pytestmark = pytest.mark.django_db
Said = tuple[str, *tuple[tuple[str, str], ...]]
Names = dict[int | None, Decimal]
# Charged 100.00: the first payer left 20.00 to the patient and denied 20.00.
FIRST: Said = ("60.00", ("PR-2", "20.00"), ("CO-97", "20.00"))
# The second refuses all of what the first left, the share that it was handed and the denied part.
REFUSES_ALL: Said = ("0.00", ("CO-50", "40.00"), ("OA-23", "60.00"))


def post(answer: x835.RemittedClaim, payer: Payer, **fields: object) -> None:
    stored_file(payment(answer, payer=payer, **fields))
    assert post_remittances(now=NOW).failures == ()
    open_denials(now=NOW)
    assert (ledger_faults(), denial_faults()) == ([], [])


def said(claim: Claim, words: Said, status: str) -> x835.RemittedClaim:
    paid, *codes = words
    return clp(claim, svc(claim.lines.get(), paid, *codes), status=status)


@dataclass(frozen=True, slots=True)
class Second:
    """Who refuses, and under which claim's number."""

    payer: Payer
    claim: Claim

    @property
    def payer_id(self) -> int:
        return self.payer.pk


BothDenied = Callable[..., tuple[Claim, Second]]


@pytest.fixture(params=["billed on", "passed on"])
def both_denied(request: pytest.FixtureRequest) -> BothDenied:
    """The patient's share stands in the second payer's name, be it that it has a claim of its own or that the first passed its claim on."""
    passed_on = request.param == "passed on"

    def deny(words: Said = REFUSES_ALL) -> tuple[Claim, Second]:
        first = submitted_claim("100.00")
        payer = with_second_plan(first).payer
        post(said(first, FIRST, "19" if passed_on else "1"), first.payer)
        assert build_secondaries(now=NOW).built == (not passed_on)
        answered = first if passed_on else Claim.objects.get(encounter=first.encounter, payer_rank=2)
        post(said(answered, words, "2"), payer)
        return first, Second(payer, answered)

    return deny


def give_up(payer: Payer) -> None:
    write_off(
        denial_id=Denial.objects.get(payer=payer).public_id,
        reason=WriteOffReason.BAD_DEBT,
        note="",
        rights_given_up=True,
        acting_user=UserFactory(),
        now=NOW,
    )


def owed(claim: Claim) -> Names:
    return insurance_by_payer([claim.lines.get().charge_id])


def written_off() -> Names:
    """By the payer in whose name it is booked."""
    legs = Leg.objects.filter(account=Account.WRITE_OFF).values_list("payer")
    return {payer: total for payer, total in legs.annotate(total=Sum("amount")).order_by() if total}


def moved_by(entry: Entry) -> set[tuple[str, int | None, Decimal]]:
    return set(entry.legs.values_list("account", "payer", "amount"))


def both_sides(**names: str) -> set[tuple[str, int, Decimal]]:
    """Of a write-off: each name's dollars, from its receivable."""
    parts = {int(key.removeprefix("payer_")): Decimal(amount) for key, amount in names.items()}
    return {("write_off", payer, amount) for payer, amount in parts.items()} | {
        ("insurance_receivable", payer, -amount) for payer, amount in parts.items()
    }


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(2)))
def test_each_payers_receivable_ends_at_zero_under_its_own_name(both_denied: BothDenied, order: Sequence[int]) -> None:
    first, second = both_denied()
    names = {first.payer_id: Decimal("20.00"), second.payer_id: Decimal("20.00")}
    assert owed(first) == names
    payers = [first.payer, second.payer]
    for number in order:
        give_up(payers[number])
    assert owed(first) == {}
    assert written_off() == names
    assert set(Denial.objects.values_list("state", flat=True)) == {Denial.State.WRITTEN_OFF}


@pytest.mark.long
def test_what_is_beyond_the_payers_own_name_leaves_the_name_in_which_it_stands(both_denied: BothDenied) -> None:
    first, second = both_denied()
    give_up(second.payer)
    entry = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT)
    expected = {f"payer_{first.payer_id}": "20.00", f"payer_{second.payer_id}": "20.00"}
    assert moved_by(entry) == both_sides(**expected)
    give_up(first.payer)
    assert Entry.objects.filter(kind=Entry.Kind.ADJUSTMENT).get() == entry


@pytest.mark.long
def test_each_entry_names_one_payer_where_the_first_ones_denial_is_written_off_first(both_denied: BothDenied) -> None:
    first, second = both_denied()
    give_up(first.payer)
    assert owed(first) == {second.payer_id: Decimal("20.00")}
    give_up(second.payer)
    entries = Entry.objects.filter(kind=Entry.Kind.ADJUSTMENT).order_by("pk")
    assert [moved_by(entry) for entry in entries] == [
        both_sides(**{f"payer_{payer}": "20.00"}) for payer in (first.payer_id, second.payer_id)
    ]


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(2)))
def test_a_second_payer_without_a_claim_of_its_own_has_nothing_in_its_name(order: Sequence[int]) -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    post(said(claim, FIRST, "19"), claim.payer)
    post(said(claim, ("20.00", ("CO-97", "20.00"), ("OA-23", "60.00")), "2"), second)
    payers = [claim.payer, second]
    for number in order:
        give_up(payers[number])
    assert (owed(claim), written_off()) == ({}, {claim.payer_id: Decimal("20.00")})


@pytest.mark.long
def test_a_release_leaves_the_names_in_which_it_stands(both_denied: BothDenied) -> None:
    first, second = both_denied(("0.00", ("PR-96", "40.00"), ("OA-23", "60.00")))
    found = Denial.objects.get(payer=second.payer)
    release_to_patient(denial_id=found.public_id, reason="The plan excludes it.", acting_user=UserFactory(), now=NOW)
    assert owed(first) == {}
    assert claim_receivable([first.lines.get().charge_id]).patient == Decimal("40.00")


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(2)))
def test_the_second_payer_that_pays_after_all_takes_its_own_part_back_and_of_the_other_what_it_pays(
    both_denied: BothDenied,
    order: Sequence[int],
) -> None:
    first, second = both_denied()
    payers = [first.payer, second.payer]
    for number in order:
        give_up(payers[number])
    pays = said(second.claim, ("30.00", ("OA-23", "70.00")), "2")
    post(pays, second.payer, trace="EFT1")
    assert (owed(first), written_off()) == ({}, {first.payer_id: Decimal("10.00")})
    assert claim_receivable([first.lines.get().charge_id]).patient == 0
    post(reversal_of(pays), second.payer, trace="EFT2", plbs=[plb("FB", "-30.00")])
    assert owed(first) == {first.payer_id: Decimal("10.00"), second.payer_id: Decimal("20.00")}
    assert written_off() == {first.payer_id: Decimal("10.00")}


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(2)))
def test_the_first_payer_that_pays_after_all_leaves_the_others_part_written_off(
    both_denied: BothDenied, order: Sequence[int]
) -> None:
    first, second = both_denied()
    payers = [first.payer, second.payer]
    for number in order:
        give_up(payers[number])
    corrected = said(first, ("80.00", ("PR-2", "20.00")), "1")
    stored_file(payment(reversal_of(said(first, FIRST, "1")), corrected, payer=first.payer))
    assert post_remittances(now=NOW).failures == ()
    assert ledger_faults() == []
    assert (owed(first), written_off()) == ({}, {second.payer_id: Decimal("20.00")})


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(2)))
@pytest.mark.parametrize(
    ("paid", "rest"), [("10.00", ("10.00", "20.00")), ("30.00", ("0.00", "10.00")), ("40.00", ("0.00", "0.00"))]
)
def test_a_third_payers_money_lets_parts_give_way_in_their_own_names(
    both_denied: BothDenied, order: Sequence[int], paid: str, rest: tuple[str, str]
) -> None:
    first, second = both_denied()
    payers = [first.payer, second.payer]
    for number in order:
        give_up(payers[number])
    third = PayerFactory()
    pays = said(first, (paid, ("OA-23", str(100 - Decimal(paid)))), "3")
    post(pays, third, trace="EFT1")
    stays = dict(zip((first.payer_id, second.payer_id), map(Decimal, rest), strict=True))
    assert (owed(first), written_off()) == ({}, {payer: amount for payer, amount in stays.items() if amount})
    post(reversal_of(pays), third, trace="EFT2", plbs=[plb("FB", "-" + paid)])
    again = {payer: Decimal("20.00") - amount for payer, amount in stays.items()}
    assert owed(first) == {payer: amount for payer, amount in again.items() if amount}
    assert account_totals()[Account.WRITE_OFF] == sum(stays.values())
