"""Who the demo practice is: an invented four-provider primary care group."""

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
FAMILY_MEDICINE = "207Q00000X"
INTERNAL_MEDICINE = "207R00000X"
NURSE_PRACTITIONER = "363LF0000X"


def npi(stem: str) -> str:
    """Nine digits with the Luhn check digit that counts the issuer prefix 80840."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(stem))]
    total = 24 + sum(value - 9 if value > 9 else value for value in doubled)
    return f"{stem}{-total % 10}"


@dataclass(frozen=True)
class Address:
    line1: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True)
class Location:
    id: int
    name: str
    npi: str
    phone: str
    address: Address
    pos: str = "11"


@dataclass(frozen=True)
class Provider:
    id: int
    first_name: str
    last_name: str
    suffix: str
    npi: str
    taxonomy: str
    specialty: str


NAME = "Pecan Row Family Medicine"
TAX_ID = "741830269"
NPI = npi("148203957")
TAXONOMY = FAMILY_MEDICINE
PHONE = "+15125550110"

LOCATIONS = (
    Location(
        5101,
        "Pecan Row North",
        npi("127364508"),
        "+15125550110",
        Address("8300 Pecan Row Lane", "Austin", "TX", "787574120"),
    ),
    Location(
        5102,
        "Pecan Row South",
        npi("139580276"),
        "+15125550120",
        Address("2214 Slate Creek Road", "Austin", "TX", "787041933"),
    ),
)
SATELLITE = Location(
    5103,
    "Pecan Row Lakeway",
    npi("150928374"),
    "+15125550130",
    Address("1701 Cedar Bluff Drive", "Lakeway", "TX", "787345208"),
)

PROVIDERS = (
    Provider(7101, "Marisol", "Quintero", "MD", npi("117482935"), FAMILY_MEDICINE, "Family Medicine"),
    Provider(7102, "Desmond", "Achterberg", "MD", npi("128395064"), INTERNAL_MEDICINE, "Internal Medicine"),
    Provider(7103, "Priyanka", "Vellore", "DO", npi("136072481"), FAMILY_MEDICINE, "Family Medicine"),
    Provider(7104, "Colette", "Branwen", "NP", npi("149205837"), NURSE_PRACTITIONER, "Nurse Practitioner"),
)

PRICES: dict[str, Decimal] = {
    "99212": Decimal("95.00"),
    "99213": Decimal("148.00"),
    "99214": Decimal("212.00"),
    "99215": Decimal("289.00"),
    "99392": Decimal("175.00"),
    "99393": Decimal("178.00"),
    "99394": Decimal("192.00"),
    "99395": Decimal("205.00"),
    "99396": Decimal("224.00"),
    "99397": Decimal("238.00"),
    "G0439": Decimal("196.00"),
    "36415": Decimal("15.00"),
    "93000": Decimal("42.00"),
    "69210": Decimal("88.00"),
    "20610": Decimal("126.00"),
    "17110": Decimal("168.00"),
    "12001": Decimal("214.00"),
    "90471": Decimal("38.00"),
    "90686": Decimal("32.00"),
    "G0008": Decimal("38.00"),
}
EVALUATION = frozenset(code for code in PRICES if code.startswith("99") or code == "G0439")
PROCEDURES = frozenset({"69210", "20610", "17110", "12001"})
