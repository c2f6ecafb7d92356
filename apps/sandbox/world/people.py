"""The practice's patients. A patient is a function of the seed and the number; nothing about them is stored."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from .chance import Chance
from .knobs import Knobs
from .names import MEN, STREETS, SURNAMES, WOMEN
from .payers import COMMERCIAL, MEDICAID, MEDICARE, PAYERS, Payer
from .practice import Address

FIRST_ID, COUNT = 100001, 600
SATELLITE_FIRST_ID, SATELLITE_COUNT = 109001, 80
BORN_BEFORE = date(2026, 8, 1)
SUPPLEMENTED = 0.12  # of Medicare's members: a second plan pays what Medicare leaves
LAPSED_ON = date(2026, 3, 31)

SUFFIXES = ("Drive", "Lane", "Street", "Trail", "Court")
ZIPS = ("78701", "78702", "78704", "78723", "78731", "78745", "78748", "78751", "78757", "78758")


@dataclass(frozen=True)
class Coverage:
    """As the payer knows it; what the EHR shows may differ (see Patient.mess)."""

    payer: Payer
    member_id: str
    group_number: str
    relationship: str  # "18" self, "19" child
    subscriber_first: str
    subscriber_last: str
    subscriber_birth: date
    subscriber_gender: str
    ends: date | None = None
    other_primary: Payer | None = None
    next_payer: Payer | None = None
    qmb: bool = False

    @property
    def other_member_id(self) -> str:
        """The member ID at the payer that comes first; empty where this is the only one."""
        return f"{self.other_primary.prefix}{self.member_id[-9:]}" if self.other_primary else ""

    @property
    def next_member_id(self) -> str:
        """The member ID at the payer that comes after; empty where there is none."""
        return f"{self.next_payer.prefix}{self.member_id[-9:]}" if self.next_payer else ""

    def active(self, day: date) -> bool:
        return self.ends is None or day <= self.ends


@dataclass(frozen=True)
class Patient:
    id: int
    first_name: str
    last_name: str
    birth_date: date
    gender: str
    address: Address
    phone: str
    email: str
    language: str
    doctor: int
    coverage: Coverage | None
    guarantor: tuple[str, str] | None
    text_consent: str  # "yes", "no" or "" when never asked
    email_consent: str
    mess: str | None

    @property
    def shown_member_id(self) -> str:
        """The member ID as the front desk typed it."""
        if self.coverage is None:
            return ""
        member = self.coverage.member_id
        return (
            member[:-2] + member[-1] + ("0" if member[-2] != "0" else "9") if self.mess == "wrong_member_id" else member
        )


@dataclass(frozen=True)
class People:
    chance: Chance
    knobs: Knobs
    doctors: tuple[int, ...]

    def all(self) -> list[Patient]:
        return [self.patient(number) for number in range(FIRST_ID, FIRST_ID + COUNT)]

    def satellite(self) -> list[Patient]:
        return [self.patient(number) for number in range(SATELLITE_FIRST_ID, SATELLITE_FIRST_ID + SATELLITE_COUNT)]

    def find(self, number: int) -> Patient | None:
        main = FIRST_ID <= number < FIRST_ID + COUNT
        outside = SATELLITE_FIRST_ID <= number < SATELLITE_FIRST_ID + SATELLITE_COUNT
        return self.patient(number) if main or outside else None

    def patient(self, number: int) -> Patient:
        return _patient(self.chance, number, tuple(self.knobs.mess.items()), self.doctors)

    def by_member(self) -> dict[str, Patient]:
        """By each member ID that a payer knows, the ids at the payers before and after too."""
        return _by_member(self.chance, tuple(self.knobs.mess.items()), self.doctors)

    def by_phone(self) -> dict[str, Patient]:
        return {patient.phone: patient for patient in self.all() + self.satellite()}


@cache
def _by_member(chance: Chance, mess: tuple[tuple[str, float], ...], doctors: tuple[int, ...]) -> dict[str, Patient]:
    numbers = [*range(FIRST_ID, FIRST_ID + COUNT), *range(SATELLITE_FIRST_ID, SATELLITE_FIRST_ID + SATELLITE_COUNT)]
    patients = [_patient(chance, number, mess, doctors) for number in numbers]
    covered = [(patient.coverage, patient) for patient in patients if patient.coverage]
    first = {cover.other_member_id: patient for cover, patient in covered if cover.other_member_id}
    after = {cover.next_member_id: patient for cover, patient in covered if cover.next_member_id}
    return first | after | {cover.member_id: patient for cover, patient in covered}


@cache
def _patient(
    chance: Chance, number: int, mess_shares: tuple[tuple[str, float], ...], doctors: tuple[int, ...]
) -> Patient:
    key = ("patient", number)
    birth = _birth_date(chance, number)
    child = _age(birth) < 18
    gender = chance.pick(("Female", "Male"), *key, "gender")
    last = chance.pick(SURNAMES, *key, "last")
    first = chance.pick(WOMEN if gender == "Female" else MEN, *key, "first")
    guarantor = (chance.pick(WOMEN, *key, "parent"), last) if child else None
    coverage = _coverage(chance, number, (first, last, birth, gender), guarantor)
    shares = {name: share for name, share in mess_shares if name != "missing_modifier_25"}
    mess = chance.weighted(shares, *key, "mess") if coverage else None
    return Patient(
        id=number,
        first_name=first,
        last_name=last,
        birth_date=birth,
        gender=gender,
        address=_address(chance, key),
        phone=_phone(chance, number),
        email=f"{first}.{last}.{number}@example.com".lower(),
        language="spa" if chance.happens(0.15, *key, "language") else "eng",
        doctor=chance.pick(doctors, *key, "doctor"),
        coverage=_with_mess(chance, number, coverage, mess),
        guarantor=guarantor,
        text_consent=_consent(chance.unit(*key, "sms"), 0.86, 0.06),
        email_consent=_consent(chance.unit(*key, "email"), 0.70, 0.10),
        mess=mess,
    )


def _phone(chance: Chance, number: int) -> str:
    last_four = 2000 + number - FIRST_ID if number < SATELLITE_FIRST_ID else 8000 + number - SATELLITE_FIRST_ID
    return f"+1{chance.pick(('512', '737'), 'patient', number, 'area')}555{last_four}"


def _consent(point: float, yes: float, no: float) -> str:
    if point < yes:
        return "yes"
    return "no" if point < yes + no else ""


def _birth_date(chance: Chance, number: int) -> date:
    band = chance.weighted({"child": 0.14, "adult": 0.62, "senior": 0.24}, "patient", number, "band") or "adult"
    low, high = {"child": (2, 17), "adult": (18, 64), "senior": (66, 91)}[band]
    years = chance.between(low, high - 1, "patient", number, "age")
    return BORN_BEFORE - timedelta(days=years * 365 + years // 4 + chance.between(1, 360, "patient", number, "day"))


def _age(birth: date) -> int:
    return BORN_BEFORE.year - birth.year - ((BORN_BEFORE.month, BORN_BEFORE.day) < (birth.month, birth.day))


def _address(chance: Chance, key: tuple[object, ...]) -> Address:
    house = chance.between(100, 9899, *key, "house")
    street = f"{house} {chance.pick(STREETS, *key, 'street')} {chance.pick(SUFFIXES, *key, 'suffix')}"
    zip9 = f"{chance.pick(ZIPS, *key, 'zip')}{chance.between(1000, 9899, *key, 'plus4')}"
    return Address(street, "Austin", "TX", zip9)


def _coverage(
    chance: Chance, number: int, self_: tuple[str, str, date, str], guarantor: tuple[str, str] | None
) -> Coverage | None:
    key = ("patient", number, "coverage")
    first, last, birth, gender = self_
    payer = _payer(chance, birth, key)
    if payer is None:
        return None
    dependent = guarantor is not None and payer is not MEDICAID
    if dependent and guarantor:
        first, last, gender = guarantor[0], guarantor[1], "Female"
        birth -= timedelta(days=365 * chance.between(21, 38, *key, "parent"))
    qmb = payer is MEDICARE and chance.happens(0.06, *key, "qmb")
    supplement = payer is MEDICARE and not qmb and chance.happens(SUPPLEMENTED, *key, "supplement")
    return Coverage(
        payer=payer,
        member_id=f"{payer.prefix}{number:06d}{chance.between(100, 999, *key, 'member')}",
        group_number="" if payer in {MEDICARE, MEDICAID} else f"G{chance.between(1000, 9999, *key, 'group')}",
        relationship="19" if dependent else "18",
        subscriber_first=first,
        subscriber_last=last,
        subscriber_birth=birth,
        subscriber_gender=gender,
        next_payer=chance.pick(COMMERCIAL, *key, "next payer") if supplement else None,
        qmb=qmb,
    )


def _payer(chance: Chance, birth: date, key: tuple[object, ...]) -> Payer | None:
    age = _age(birth)
    if age >= 65:
        return MEDICARE
    if chance.happens(0.05, *key, "self-pay"):
        return None
    if chance.happens(0.45 if age < 18 else 0.08, *key, "medicaid"):
        return MEDICAID
    return chance.pick(COMMERCIAL, *key, "payer")


def _with_mess(chance: Chance, number: int, coverage: Coverage | None, mess: str | None) -> Coverage | None:
    if coverage is None or mess not in {"lapsed", "other_payer"}:
        return coverage
    ends = LAPSED_ON if mess == "lapsed" else None
    others = [payer for payer in PAYERS if payer not in {coverage.payer, MEDICAID, MEDICARE}]
    other = chance.pick(others, "patient", number, "other payer") if mess == "other_payer" else None
    return replace(coverage, ends=ends, other_primary=other, next_payer=None)
