"""The invented payers and how each behaves. A payer's behaviour is data, as it is for the practice that bills it."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Dialect:
    """How a payer punctuates its X12 files."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"
    newline: str = ""


@dataclass(frozen=True)
class Payer:
    payer_id: str
    name: str
    kind: str  # SBR09 claim filing indicator
    prefix: str  # member IDs: this and nine digits
    allowed_share: Decimal  # of the practice's fee
    copay: Decimal
    coinsurance: Decimal
    deductible: Decimal
    days_to_pay: int
    timely_filing_days: int
    address: tuple[str, str, str, str]
    takes_replacement: bool = True
    receipt_first: bool = False  # a 277CA A1 on the same day, the A2 a day later
    edits_first: bool = False  # judges at its door, in the 277CA, what others deny weeks later in the 835
    splits_denials: bool = False  # a denied line shows CO-45 first, the denial for the rest
    denies_as: str = "1"  # CLP02 of a claim denied in full
    template: str = ""  # which hand-built 835 it sends; empty: the plain writer
    dialect: Dialect = field(default_factory=Dialect)

    @property
    def member_id_pattern(self) -> str:
        return rf"^{self.prefix}[0-9]{{9}}$"

    @property
    def remitted_kind(self) -> str:
        """CLP06: the 835 knows no CI or BL (X221A1)."""
        return {"CI": "15", "BL": "12"}.get(self.kind, self.kind)

    @property
    def place(self) -> int:
        return PAYERS.index(self) + 1

    @property
    def tax_id(self) -> str:
        return f"75900{self.place:04d}"

    @property
    def phone(self) -> str:
        return f"+1800555{4100 + self.place}"

    def contracted(self, price: Decimal) -> Decimal:
        """What the practice agreed to take for a service of this price, in dollars."""
        return (price * self.allowed_share).quantize(CENT, ROUND_HALF_UP)


PAYERS = (
    Payer(
        "LPHP1", "Lone Prairie Health Plan", "CI", "LP", Decimal("0.62"), Decimal(30), Decimal("0.20"), Decimal(1500),
        12, 180, ("PO BOX 4100", "DALLAS", "TX", "752661234"),
    ),
    Payer(
        "BBMU2", "Bluebonnet Mutual", "BL", "BBM", Decimal("0.66"), Decimal(25), Decimal("0.20"), Decimal(1000),
        9, 180, ("PO BOX 8823", "HOUSTON", "TX", "770520001"), denies_as="4",
        dialect=Dialect(newline="\n"),
    ),
    Payer(
        "CPRK3", "Caprock Health", "HM", "CK", Decimal("0.58"), Decimal(20), Decimal("0.00"), Decimal(500),
        14, 95, ("200 MESA STREET", "LUBBOCK", "TX", "794011500"), edits_first=True,
    ),
    Payer(
        "LOAK4", "Live Oak Benefit", "CI", "LO", Decimal("0.64"), Decimal(35), Decimal("0.20"), Decimal(2000),
        16, 120, ("77 HARBOR WAY", "CORPUS CHRISTI", "TX", "784010077"), receipt_first=True,
        splits_denials=True, template="pipes",
        dialect=Dialect("|", ":", "^", "~", "\r\n"),
    ),
    Payer(
        "FSPB5", "Federal Senior Part B South", "MB", "FS", Decimal("0.55"), Decimal(0), Decimal("0.20"), Decimal(257),
        14, 365, ("PO BOX 1900", "SAN ANTONIO", "TX", "782300190"), takes_replacement=False,
    ),
    Payer(
        "SGMC6", "Star Gulf Medicaid Plan", "MC", "SG", Decimal("0.42"), Decimal(0), Decimal("0.00"), Decimal(0),
        7, 95, ("PO BOX 5505", "AUSTIN", "TX", "787635505"), denies_as="4", edits_first=True,
        dialect=Dialect(newline="\n"),
    ),
    Payer(
        "HCET7", "Hill Country Employers Trust", "CI", "HC", Decimal("0.70"), Decimal(30), Decimal("0.10"), Decimal(750),
        21, 180, ("310 TRAVIS AVENUE", "KERRVILLE", "TX", "780283310"), template="terse", edits_first=True,
        dialect=Dialect("*", ">", "!", "\n", ""),
    ),
    Payer(
        "MQNL8", "Mesquite National Life", "CI", "MQ", Decimal("0.60"), Decimal(40), Decimal("0.30"), Decimal(3000),
        18, 120, ("1 LIFE PLAZA", "FORT WORTH", "TX", "761020001"), edits_first=True,
    ),
)  # fmt: skip
BY_ID = {payer.payer_id: payer for payer in PAYERS}
MEDICARE = BY_ID["FSPB5"]
MEDICAID = BY_ID["SGMC6"]
COMMERCIAL = tuple(payer for payer in PAYERS if payer not in {MEDICARE, MEDICAID})
