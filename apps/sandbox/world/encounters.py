"""What a visit was for: diagnoses and charge lines, with the slips that real charge entry makes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .chance import Chance
from .knobs import Knobs
from .payers import MEDICARE
from .people import BORN_BEFORE, Patient
from .practice import EVALUATION, PRICES, PROCEDURES

CHRONIC = ("I10", "E11.9", "E78.5", "E03.9", "K21.9", "F41.1", "J45.909", "M54.50", "G43.909", "F32.A")
ACUTE = ("J06.9", "J02.9", "R05.9", "M25.561", "N39.0", "R10.9", "R53.83", "H66.90", "L30.9", "R51.9")
PROCEDURE_REASONS = {
    "69210": ("H61.21", "RT"),
    "20610": ("M17.11", "RT"),
    "17110": ("B07.9", ""),
    "12001": ("S61.411A", ""),
}
PREVENTIVE = ((4, "99392"), (11, "99393"), (17, "99394"), (39, "99395"), (64, "99396"), (120, "99397"))
KINDS = {"procedure": 0.16, "preventive": 0.14, "vaccine": 0.08, "ecg": 0.05, "draw": 0.15}


@dataclass(frozen=True)
class Line:
    code: str
    modifiers: tuple[str, ...]
    pointers: tuple[int, ...]
    units: int
    price: Decimal


def line(code: str, *modifiers: str, pointers: tuple[int, ...] = (1,)) -> Line:
    return Line(code, tuple(filter(None, modifiers)), pointers, 1, PRICES[code])


def encounter(
    chance: Chance, knobs: Knobs, patient: Patient, visit_id: int
) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    kind = chance.weighted(KINDS, "kind", visit_id) or "office"
    if kind == "preventive":
        return _preventive(chance, patient, visit_id)
    if kind == "vaccine":
        administration = "G0008" if _has_medicare(patient) else "90471"
        return ("Z23",), (line(administration), line("90686"))
    reasons = _reasons(chance, visit_id)
    level = chance.pick(("99213", "99213", "99214", "99214", "99212"), "level", visit_id)
    if kind == "procedure":
        return _with_procedure(chance, knobs, visit_id, level, reasons)
    visit_line = line(level, pointers=tuple(range(1, len(reasons) + 1)))
    if kind == "ecg":
        return ("R07.9", *reasons), (line(level, "25", pointers=(1, 2)), line("93000"))
    if kind == "draw":
        return reasons, (visit_line, line("36415"))
    return reasons, (visit_line,)


def _reasons(chance: Chance, visit_id: int) -> tuple[str, ...]:
    pool = CHRONIC if chance.happens(0.6, "chronic", visit_id) else ACUTE
    return tuple(chance.sample(pool, chance.between(1, 3, "reasons", visit_id), "reason", visit_id))


def _with_procedure(
    chance: Chance, knobs: Knobs, visit_id: int, level: str, reasons: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    code = chance.pick(sorted(PROCEDURE_REASONS), "procedure", visit_id)
    reason, side = PROCEDURE_REASONS[code]
    forgotten = chance.happens(knobs.mess["missing_modifier_25"], "25 forgotten", visit_id)
    pointers = tuple(range(1, len(reasons) + 1))
    visit_line = line(level, "" if forgotten else "25", pointers=pointers)
    return (*reasons, reason), (visit_line, line(code, side, pointers=(len(reasons) + 1,)))


def _preventive(chance: Chance, patient: Patient, visit_id: int) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    if _has_medicare(patient):
        code, reason = "G0439", "Z00.00"
    else:
        age = _age(patient.birth_date)
        code = next(code for oldest, code in PREVENTIVE if age <= oldest)
        reason = "Z00.00" if age >= 18 else "Z00.129"
    if chance.happens(0.3, "problem too", visit_id):
        problem = chance.pick(CHRONIC, "problem", visit_id)
        return (reason, problem), (line(code), line("99213", "25", pointers=(2,)))
    return (reason,), (line(code),)


def _has_medicare(patient: Patient) -> bool:
    return patient.coverage is not None and patient.coverage.payer is MEDICARE


def _age(birth: date) -> int:
    return (BORN_BEFORE - birth).days * 100 // 36525


def lacks_modifier_25(codes: list[tuple[str, tuple[str, ...]]]) -> bool:
    """True where an evaluation stands beside a procedure of the same day without saying that it was separate."""
    visits = [modifiers for code, modifiers in codes if code in EVALUATION]
    return any(code in PROCEDURES for code, _ in codes) and any("25" not in modifiers for modifiers in visits)
