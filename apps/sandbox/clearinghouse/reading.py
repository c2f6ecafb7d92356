"""An accepted 837P transaction set read into claims, the plain way."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

from apps.sandbox.wire.edi import Scan, at, day
from apps.sandbox.world.state import Claim, ClaimLine

DIAGNOSES = frozenset({"ABK", "ABF"})


def amount(text: str) -> Decimal:
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)


def transaction_sets(scan: Scan) -> Iterator[tuple[str, list[list[str]]]]:
    """ST02 and the rows of each set."""
    rows: list[list[str]] = []
    for row in scan.segments:
        if row[0] == "ST":
            rows = []
        rows.append(row)
        if row[0] == "SE" and rows[0][0] == "ST":
            yield at(rows[0], 2), rows


class Reader:
    """Walks the loops: what stands above a CLM belongs to it until the next HL of that level."""

    def __init__(self, scan: Scan, control: str, received: datetime) -> None:
        self.component, self.control, self.received = scan.component, control, received
        self.interchange = at(scan.isa, 13)
        self.batch = self.payer_id = self.payer_name = self.responsibility = ""
        self.billing, self.subscriber, self.patient = ["", "", ""], ["", "", ""], ["", ""]
        self.claims: list[Claim] = []
        self.claim: Claim | None = None
        self.line: ClaimLine | None = None
        self.other = False
        self._readers: dict[str, Callable[[list[str]], None]] = {
            "BHT": self._bht, "HL": self._hl, "NM1": self._nm1, "REF": self._ref, "SBR": self._sbr, "CLM": self._clm,
            "HI": self._hi, "AMT": self._amt, "LX": self._lx, "SV1": self._sv1, "DTP": self._dtp, "SVD": self._svd, "CAS": self._cas,
        }  # fmt: skip

    def read(self, rows: list[list[str]]) -> list[Claim]:
        for row in rows:
            reader = self._readers.get(row[0])
            if reader:
                reader(row)
        return self.claims

    def _bht(self, row: list[str]) -> None:
        self.batch = at(row, 3)

    def _hl(self, row: list[str]) -> None:
        self.claim = self.line = None
        if at(row, 3) == "22":
            self.subscriber, self.patient, self.payer_id = ["", "", ""], ["", ""], ""

    def _nm1(self, row: list[str]) -> None:
        kind = at(row, 1)
        if self.claim is not None:
            if kind == "82" and self.line is None:
                self.claim.rendering = at(row, 9)
        elif kind == "85":
            self.billing = [at(row, 3), at(row, 9), ""]
        elif kind == "IL":
            self.subscriber = [at(row, 3), at(row, 4), at(row, 9)]
            self.patient = [at(row, 3), at(row, 4)]
        elif kind == "PR":
            self.payer_name, self.payer_id = at(row, 3), at(row, 9)
        elif kind == "QC":
            self.patient = [at(row, 3), at(row, 4)]

    def _ref(self, row: list[str]) -> None:
        kind, value = at(row, 1), at(row, 2)
        if self.claim is None:
            if kind in ("EI", "SY"):
                self.billing[2] = value
        elif self.line is not None:
            if kind == "6R":
                self.line.control = value
        elif not self.other and kind == "F8":
            self.claim.original_reference = value
        elif not self.other and kind == "D9":
            self.claim.clearinghouse_trace = value

    def _sbr(self, row: list[str]) -> None:
        if self.claim is None:
            self.responsibility = at(row, 1)
        else:
            self.other = True

    def _clm(self, row: list[str]) -> None:
        facility = at(row, 5).split(self.component)
        self.line, self.other = None, False
        self.claim = Claim(
            key=f"{self.interchange}.{self.control}.{len(self.claims) + 1}", control=at(row, 1),
            frequency=at(facility, 2) or "1", original_reference="", interchange=self.interchange, batch=self.batch,
            payer_id=self.payer_id, payer_name=self.payer_name, charge=amount(at(row, 2)),
            subscriber=list(self.subscriber), patient=list(self.patient), billing=list(self.billing), rendering="",
            service_date=self.received.date(), diagnoses=[], lines=[], received=self.received,
            responsibility=self.responsibility or "P", place=at(facility, 0),
        )  # fmt: skip
        self.claims.append(self.claim)

    def _hi(self, row: list[str]) -> None:
        if self.claim is not None:
            parts = [each.split(self.component) for each in row[1:]]
            self.claim.diagnoses += [at(each, 1) for each in parts if each[0] in DIAGNOSES]

    def _amt(self, row: list[str]) -> None:
        if self.claim is not None and self.other and at(row, 1) == "D":
            self.claim.prior_paid += amount(at(row, 2))

    def _lx(self, row: list[str]) -> None:
        if self.claim is not None:
            self.line = ClaimLine(at(row, 1), "", "", [], Decimal(0), "1")
            self.claim.lines.append(self.line)

    def _sv1(self, row: list[str]) -> None:
        if self.line is not None:
            service = at(row, 1).split(self.component)
            self.line.procedure, self.line.modifiers = at(service, 1), [each for each in service[2:6] if each]
            self.line.charge, self.line.units = amount(at(row, 2)), at(row, 4) or "1"

    def _svd(self, row: list[str]) -> None:
        if self.line is not None:
            self.line.prior_paid = (self.line.prior_paid or Decimal(0)) + amount(at(row, 2))

    def _cas(self, row: list[str]) -> None:
        """What the payer before left to the patient of a line."""
        if self.line is not None and at(row, 1) == "PR":
            self.line.prior_share += sum((amount(each) for each in row[3::3]), Decimal(0))

    def _dtp(self, row: list[str]) -> None:
        if self.claim is not None and self.line is not None and at(row, 1) == "472" and self.line.number == "1":
            self.claim.service_date = day(at(row, 3))


def claims_of(scan: Scan, control: str, rows: list[list[str]], received: datetime) -> list[Claim]:
    return Reader(scan, control, received).read(rows)
