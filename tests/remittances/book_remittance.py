"""The remittances of the worked examples as bytes, written apart from the product's own writer."""

from collections.abc import Iterable
from decimal import Decimal

from tests.remittances.book_cast import NOBODY, Cast

INTERCHANGE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PECANROW       *260929*0700*^*00501*{0:09d}*0*P*:~"
    "GS*HP*PAYER*PECANROW*20260929*0700*{0}*X*005010X221A1~{1}GE*{2}*{0}~IEA*1*{0:09d}~"
)
PRACTICE = "1482039573"


def file_of(cast: Cast, lines: Iterable[str]) -> bytes:
    """`ISA` alone begins another interchange in the same file; each PAY another ST."""
    interchanges: list[list[list[str]]] = [[]]
    for line in lines:
        if line == "ISA":
            interchanges.append([])
        elif line.startswith("PAY "):
            interchanges[-1].append([line])
        else:
            interchanges[-1][-1].append(line)
    return "".join(_interchange(cast, each) for each in interchanges).encode()


def _interchange(cast: Cast, payments: list[list[str]]) -> str:
    cast.interchanges += 1
    body = "".join(_transaction(cast, place, each) for place, each in enumerate(payments, start=1))
    return INTERCHANGE.format(cast.interchanges, body, len(payments))


def _transaction(cast: Cast, number: int, lines: list[str]) -> str:
    segments = [f"ST*835*{number:04d}"]
    waiting: list[str] = []  # NM1*QC stands after the claim's CAS, REF*6R after the line's
    for line in lines:
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
            segments.append("*".join(["PLB", PRACTICE, "20261231", *elements]))
        else:
            segments.append("*".join([name, *elements]))
    segments += waiting
    segments.append(f"SE*{len(segments) + 1}*{number:04d}")
    return "".join(f"{segment}~" for segment in segments)


def _pay(cast: Cast, payer: str, amount: str, trace: str, *ids: str) -> list[str]:
    """A negative amount is one that the payer takes (BPR03 D); nothing is sent for zero (BPR04 NON). The directory knows no NOBODY."""
    payer_id, payee = (*ids, *("", PRACTICE)[len(ids) :])
    dollars = Decimal(amount)
    way = "D" if dollars < 0 else "C"
    method = "ACH" if dollars else "NON"
    if payer != NOBODY:
        payer_id = payer_id or cast.payer(payer).remittance_ids.split()[0]
    return [
        f"BPR*I*{abs(dollars)}*{way}*{method}************20260929",
        f"TRN*1*{trace}*{payer_id}",
        "DTM*405*20260929",
        f"N1*PR*{payer}",
        f"N1*PE*Pecan Row Family Medicine*XX*{payee}",
        "LX*1",
    ]


def _clp(cast: Cast, name: str, *rest: str) -> tuple[str, str]:
    status, charge, paid, share, icn, frequency = (*rest, *("", "", "1")[len(rest) - 3 :])
    told, _, whose = name.partition(":")
    claim = cast.claims.get(whose or told)
    number = claim.control_number if claim and not whose else told
    head = f"CLP*{number}*{status}*{charge}*{paid}*{share}*12*{icn or f'P{number}'}*11*{frequency}"
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
