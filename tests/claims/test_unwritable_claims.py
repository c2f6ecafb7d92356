"""What X12 cannot carry holds its own claim with a sentence, and the file leaves without it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from apps.claims.encode.guide import unwritable
from apps.claims.models import Batch, Claim
from apps.claims.services import batch_claims
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.intake.models import Coverage, Patient
from apps.x12 import read
from tests.factories.claims import ClaimFactory

Spoil = Callable[[Claim], object]


def patient(**values: str) -> Spoil:
    return lambda claim: Patient.objects.filter(pk=claim.patient.pk).update(**values)


def coverage(**values: str) -> Spoil:
    return lambda claim: Coverage.objects.filter(pk=claim.encounter.coverage_id).update(**values)


def lines(**values: object) -> Spoil:
    return lambda claim: claim.lines.update(**values)


def replacing(number: str) -> Spoil:
    return lambda claim: Claim.objects.filter(pk=claim.pk).update(payer_claim_number=number, frequency="7")


SPOILT: dict[str, tuple[Spoil, str]] = {
    "a last name in another script": (patient(last_name="陈"), "A last name"),
    "a street in another script": (patient(line1="улица Мира 5"), "A street"),
    "a city in another script": (patient(city="Αθήνα"), "A city"),
    "separators in a member ID": (coverage(member_id="LP*000~1"), "A member ID"),
    "digits of another script": (coverage(member_id="LP１２３４１"), "A member ID"),
    "a separator in a group number": (coverage(group_number="G^1"), "The group number"),
    "a separator in a reference": (replacing("A:1"), "A reference"),
    "a separator in a modifier": (lines(modifiers=["2:"]), "A procedure code, a modifier"),
    "a separator in a procedure code": (lines(procedure="99*13"), "A procedure code, a modifier"),
    "a drug without its quantity": (lines(ndc="00002143380"), "has no quantity or no unit"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_it_holds_its_own_claim_and_the_file_leaves_without_it(
    name: str, clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse()
    first, odd, last = (ClaimFactory(status=ClaimStatus.READY) for _ in range(3))
    spoil, told = SPOILT[name]
    spoil(odd)
    assert batch_claims(now=now).held == 1
    odd.refresh_from_db()
    finding = odd.findings.get()
    assert (odd.status, finding.rule) == (ClaimStatus.EXCEPTION, "WF-X12-GUIDE")
    assert told in finding.sentence
    assert odd.patient.last_name not in finding.sentence
    (body,) = (each.body for each in read(Batch.objects.get().transmission.payload).transactions)
    assert [claim.control_number for claim in body.claims] == [first.control_number, last.control_number]


def test_letters_that_have_an_equivalent_are_written_with_it(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse()
    claim = ClaimFactory(status=ClaimStatus.READY)
    patient(last_name="Łukasiewicz-Öberg", city="São Tomé")(claim)
    batch_claims(now=now)
    (body,) = (each.body for each in read(Batch.objects.get().transmission.payload).transactions)
    assert body.claims[0].subscriber.last_name.upper() == "LUKASIEWICZ-OBERG"


def test_what_is_no_sign_that_cannot_be_carried_is_said_as_it_stands() -> None:
    assert unwritable("Claim T1: The drug of service line 1 has no quantity.").startswith("Claim T1: The drug")
    assert unwritable("ZZ01 holds a character that this interchange cannot carry.").startswith("ZZ01 holds")
