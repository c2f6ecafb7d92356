"""Who plays in a worked example: payers by name, claims by letter, charges as the first claim's lines (A1)."""

from dataclasses import dataclass, field

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.practice.models import Payer
from tests.factories.claims import ClaimFactory, ClaimLineFactory
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory
from tests.factories.remittances import sent_again, submitted_claim

NOBODY = "nobody"


@dataclass
class Cast:
    payers: dict[str, Payer] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    charges: dict[int, str] = field(default_factory=dict)
    interchanges: int = 0  # of all files: no two files are the same bytes

    def payer(self, name: str) -> Payer:
        """Known by two remittance IDs: PRAIRIE and PRAIRIE-2."""
        if name not in self.payers:
            number = name.upper()
            self.payers[name] = PayerFactory(name=name, claims_id=number, remittance_ids=f"{number} {number}-2")
        return self.payers[name]

    def letter(self, claim_id: int | None) -> str:
        return next((letter for letter, claim in self.claims.items() if claim.pk == claim_id), NOBODY)

    def payer_name(self, payer_id: int | None) -> str:
        return next((name for name, payer in self.payers.items() if payer.pk == payer_id), NOBODY)

    def bill(self, letter: str, payer_name: str, *rest: str) -> None:
        payer = self.payer(payer_name)
        if rest[0] == "after":
            self.claims[letter] = _further(self.claims[rest[1]], payer)
            return
        icn = rest[-1] if rest[-1].startswith("ICN") else ""
        amounts = [each.partition(":") for each in rest if each != icn]
        claim = submitted_claim(
            *(amount for amount, _, _ in amounts), encounter__coverage__payer=payer, payer_claim_number=icn
        )
        for line, (_, _, modifier) in zip(claim.lines.all(), amounts, strict=True):
            line.modifiers = [modifier] if modifier else []
            line.save()
            self.charges[line.charge_id] = f"{letter}{line.number}"
        self.claims[letter] = claim

    def correct(self, letter: str, frequency: str) -> None:
        sent_again(self.claims[letter], frequency)


def _further(first: Claim, payer: Payer) -> Claim:
    """The visit's claim to its next payer, in flight."""
    claim = ClaimFactory(
        encounter=first.encounter,
        coverage=CoverageFactory(patient=first.patient, payer=payer),
        payer_rank=first.payer_rank + 1,
        status=ClaimStatus.SUBMITTED,
        total=first.total,
        lines=(),
    )
    for line in first.lines.all():
        ClaimLineFactory(claim=claim, charge=line.charge, amount=line.amount)
    return claim
