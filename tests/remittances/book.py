"""The notation of the worked examples: claims and an 835 in, the whole trial balance out.

An example is one text of these parts; what follows `--` is a remark.

    billed                                one claim a line: its letter, its payer, the charge of each of its lines
      A Prairie 100.00 60.00              or for a further payer of the same visit: `B Medicaid after A`
    remittance                            one file; PAY, CLP, SVC and PLB are filled up to real segments, all others are verbatim,
      PAY Prairie 80.00 EFT1              `-` an empty element; A stands for the claim's control number (CLP01) and comes back
      CLP A 1 160.00 80.00                with the patient (NM1*QC), A1 for its first line's code, and comes back with REF*6R
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books                                 every account that does not stand at zero, debit positive
    answers                               every standing answer of a payer, by line (A1) or of the claim as a whole (A)
    outcome                               every CLP, every claim, every open exception with the money that waits because of it

A visit's charges are named by the claim that was billed first. What is found and what is stated must be the same, line by line.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from apps.claims.models import Adjudication, AdjudicationAdjustment, Claim
from apps.claims.states import ClaimStatus
from apps.ledger.models import Account, Leg
from apps.ledger.selectors import ledger_faults
from apps.practice.models import Payer
from apps.remittances.models import AdjustmentClass, RemittanceException, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.factories.claims import ClaimFactory, ClaimLineFactory
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, stored_file, submitted_claim

PARTS = ("billed", "classes", "remittance", "books", "answers", "outcome")
INTERCHANGE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PECANROW       *260929*0700*^*00501*{0:09d}*0*P*:~"
    "GS*HP*PAYER*PECANROW*20260929*0700*{0}*X*005010X221A1~{1}GE*{2}*{0}~IEA*1*{0:09d}~"
)
OF_A_LINE = {Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE, Account.CONTRACTUAL, Account.REVENUE}
OF_A_PATIENT = {Account.PATIENT_RECEIVABLE, Account.REVENUE}


@dataclass
class Cast:
    """Who plays in an example: payers by name, claims by letter, and the names of charges (A1)."""

    payers: dict[str, Payer] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    charges: dict[int, str] = field(default_factory=dict)

    def payer(self, name: str) -> Payer:
        """Known by two remittance ids: PRAIRIE and PRAIRIE-2."""
        if name not in self.payers:
            number = name.upper()
            self.payers[name] = PayerFactory(name=name, claims_id=number, remittance_ids=f"{number} {number}-2")
        return self.payers[name]

    def letter(self, claim_id: int | None) -> str:
        return next((letter for letter, claim in self.claims.items() if claim.pk == claim_id), "nobody")


def prove(example: str) -> None:
    """Play it, file by file; after each the books must be sound. Then compare."""
    cast, stated = Cast(), defaultdict(list)
    for part, lines in _parts(example):
        if part == "billed":
            for line in lines:
                _bill(cast, *line.split())
        elif part == "classes":
            for payer, group, carc, name in map(str.split, lines):
                AdjustmentClass.objects.create(
                    payer=cast.payer(payer), group=group, carc=carc, adjustment_class=name
                )
        elif part == "remittance":
            _receive(cast, lines)
        else:
            stated[part] += [" ".join(line.split()) for line in lines]
    assert sum(Decimal(line.split()[-1]) for line in stated["books"]) == 0, "The example's own books do not balance."
    found = {"books": _books(cast), "answers": _answers(cast), "outcome": _outcome(cast)}
    differences = [
        line
        for part, lines in found.items()
        for line in difflib.ndiff(sorted(stated[part]), sorted(lines))
        if line[0] in "+-"
    ]
    if differences:
        raise AssertionError("\n".join(["stated (-) and found (+):", *differences]))


def _parts(example: str) -> Iterator[tuple[str, list[str]]]:
    part, lines = "", list[str]()
    for text in example.splitlines():
        line = text.partition("--")[0].strip()
        if line in PARTS:
            if part:
                yield part, lines
            part, lines = line, []
        elif line:
            lines.append(line)
    yield part, lines


def _bill(cast: Cast, letter: str, payer_name: str, *rest: str) -> None:
    payer = cast.payer(payer_name)
    if rest[0] == "after":
        cast.claims[letter] = _further(cast.claims[rest[1]], payer)
        return
    icn = rest[-1] if rest[-1].startswith("ICN") else ""
    amounts = [each.partition(":") for each in rest if each != icn]
    claim = submitted_claim(
        *(amount for amount, _, _ in amounts), encounter__coverage__payer=payer, payer_claim_number=icn
    )
    for line, (_, _, modifier) in zip(claim.lines.all(), amounts, strict=True):
        line.modifiers = [modifier] if modifier else []
        line.save()
        cast.charges[line.charge_id] = f"{letter}{line.number}"
    cast.claims[letter] = claim


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


def _receive(cast: Cast, lines: Iterable[str]) -> None:
    """`ISA` alone begins another interchange in the same file; each PAY another ST."""
    joined = [""]
    for line in lines:
        if line == "ISA":
            joined.append("")
        else:
            joined[-1] += f"{line}\n"
    payload = ""
    for number, text in enumerate(joined, start=1):
        payments = [f"PAY{each}" for each in text.split("PAY")[1:]]
        body = "".join(_transaction(cast, place, each) for place, each in enumerate(payments, start=1))
        payload += INTERCHANGE.format(number, body, len(payments))
    stored_file(payload=payload.encode())
    result = post_remittances(now=NOW)
    assert (result.failures, result.refused) == ((), 0)
    assert ledger_faults() == []
    assert payment_faults() == []


def _transaction(cast: Cast, number: int, text: str) -> str:
    segments = [f"ST*835*{number:04d}"]
    waiting: list[str] = []  # NM1*QC stands after the claim's CAS, REF*6R after the line's
    for line in text.splitlines():
        name, *told = line.split()
        elements = ["" if each == "-" else each for each in told]
        if name != "CAS":
            segments += waiting
            waiting = []
        if name == "PAY":
            segments += _pay(cast, *elements)
        elif name == "CLP":
            head, patient = _clp(cast, *elements)
            segments.append(head)
            waiting = [patient]
        elif name == "SVC":
            fresh, waiting = _svc(cast, *elements)
            segments += fresh
        elif name == "PLB":
            segments.append("*".join(["PLB", "1482039573", "20261231", *elements]))
        else:
            segments.append("*".join([name, *elements]))
    segments += waiting
    segments.append(f"SE*{len(segments) + 1}*{number:04d}")
    return "".join(f"{segment}~" for segment in segments)


def _pay(cast: Cast, payer: str, amount: str, trace: str, payer_id: str = "", payee: str = "1482039573") -> list[str]:
    """A negative amount is one that the payer takes (BPR03 D); nothing is sent for zero (BPR04 NON)."""
    dollars = Decimal(amount)
    way = "D" if dollars < 0 else "C"
    method = "ACH" if dollars else "NON"
    payer_id = payer_id or cast.payer(payer).remittance_ids.split()[0]
    return [
        f"BPR*I*{abs(dollars)}*{way}*{method}************20260929",
        f"TRN*1*{trace}*{payer_id}",
        "DTM*405*20260929",
        f"N1*PR*{payer}",
        f"N1*PE*Pecan Row Family Medicine*XX*{payee}",
        "LX*1",
    ]


def _clp(cast: Cast, name: str, status: str, charge: str, paid: str, share: str = "", icn: str = "") -> tuple[str, str]:
    claim = cast.claims.get(name)
    number = claim.control_number if claim else name
    head = f"CLP*{number}*{status}*{charge}*{paid}*{share}*12*{icn or f'P{number}'}*11*1"
    if claim is None:
        return head, "NM1*QC*1*Stranger*Ann****MI*W000000001"
    patient = claim.patient
    return head, f"NM1*QC*1*{patient.last_name}*{patient.first_name}****MI*{claim.coverage.member_id}"


def _svc(cast: Cast, name: str, *rest: str) -> tuple[list[str], list[str]]:
    letter, number = name[0], name[1:]
    claim = cast.claims.get(letter) if number.isdigit() else None
    if claim is None:
        return ["*".join(["SVC", name, *rest]), "DTM*472*20260916"], []
    line = claim.lines.get(number=number)
    head = "*".join(["SVC", f"HC:{line.procedure}", *rest, "", "1"])
    return [head, "DTM*472*20260916"], [f"REF*6R*{line.control_number}"]


def _books(cast: Cast) -> list[str]:
    names = {payer.pk: name for name, payer in cast.payers.items()}
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for account, charge_id, payer_id, amount in Leg.objects.values_list("account", "charge", "payer").annotate(
        Sum("amount")
    ):
        line = cast.charges[charge_id] if account in OF_A_LINE else ""
        payer = "" if account in OF_A_PATIENT else names.get(payer_id, "nobody")
        balances[" ".join(f"{account.replace('_', ' ')} {line} {payer}".split())] += amount
    return [f"{name} {amount}" for name, amount in balances.items() if amount]


def _answers(cast: Cast) -> list[str]:
    names = {payer.pk: name for name, payer in cast.payers.items()}
    rows = Adjudication.objects.filter(reversed=False).select_related("line").prefetch_related("adjustments")
    found = []
    for row in rows:
        line = row.line.number if row.line else ""
        said = [f"{cast.letter(row.claim_id)}{line} {names[row.payer_id]}: allowed {row.allowed}"]
        said += ["denied"] if row.is_denied else []
        said += [_adjustment(each) for each in sorted(row.adjustments.all(), key=lambda each: each.pk)]
        said += list(row.remark_codes)
        found.append(", ".join(said))
    return found


def _adjustment(item: AdjudicationAdjustment) -> str:
    return f"{item.adjustment_class.replace('_', ' ')} {item.group}-{item.carc} {item.amount}"


def _outcome(cast: Cast) -> list[str]:
    rows = RemittedClaim.objects.select_related("payment")
    undone = set(rows.exclude(reverses=None).values_list("reverses", flat=True))
    clps = [
        f"{row.payment.trace_number} {cast.letter(row.claim_id)}: {row.outcome.replace('_', ' ')}"
        + (", taken back" if row.pk in undone else "")
        for row in rows
    ]
    for claim in cast.claims.values():
        claim.refresh_from_db()
    claims = [f"claim {letter}: {claim.status.replace('_', ' ')}" for letter, claim in cast.claims.items()]
    waiting = RemittanceException.objects.filter(state=RemittanceException.State.OPEN)
    return clps + claims + [f"open: {item.kind.replace('_', ' ')} {item.amount}" for item in waiting]
