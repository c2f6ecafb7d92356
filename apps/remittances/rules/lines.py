"""Which of our lines each SVC speaks of (DOMAIN 4, matching and bundling)."""

from collections.abc import Callable, Sequence

from apps.remittances.rules.billed import BilledLine
from apps.x12.guides.x835 import ServiceLine

Test = Callable[[ServiceLine, BilledLine], bool]


def match_lines(remitted: Sequence[ServiceLine], billed: Sequence[BilledLine]) -> tuple[BilledLine | None, ...]:
    """One of our lines for each SVC: by REF*6R, then by procedure and charge, then ever less strictly, each test for all SVC before
    the next: that the file names one first is no reason to give it the line that another one fits better.

    The submitted code (SVC06) counts where the payer changed it. One of our lines may have been split into several SVC,
    so it may be named again once no free line has its code.
    """
    matches = [_by_number(line, billed) for line in remitted]
    free = [ours for ours in billed if ours not in matches]
    for test, among in (*((test, free) for test in _BY_CODE), (_same_code, billed), (_same_charge, free)):
        for place, line in enumerate(remitted):
            found = _first(line, among, test) if matches[place] is None else None
            matches[place] = matches[place] or found
            if found in free:
                free.remove(found)
    return tuple(matches)


def _by_number(line: ServiceLine, billed: Sequence[BilledLine]) -> BilledLine | None:
    if not line.control_number:
        return None
    return next((ours for ours in billed if ours.control_number == line.control_number), None)


def _first(line: ServiceLine, billed: Sequence[BilledLine], test: Test) -> BilledLine | None:
    return next((ours for ours in billed if test(line, ours)), None)


def _procedure(line: ServiceLine) -> str:
    return line.submitted_procedure or line.procedure


def _modifiers(line: ServiceLine) -> frozenset[str]:
    return frozenset(line.submitted_modifiers or line.modifiers)


def _same_code(line: ServiceLine, ours: BilledLine) -> bool:
    return _procedure(line) == ours.procedure


def _same_charge(line: ServiceLine, ours: BilledLine) -> bool:
    return abs(line.charge) == ours.amount


def _same_modifiers(line: ServiceLine, ours: BilledLine) -> bool:
    return _modifiers(line) == frozenset(ours.modifiers)


_BY_CODE: tuple[Test, ...] = (
    lambda line, ours: _same_code(line, ours) and _same_modifiers(line, ours) and _same_charge(line, ours),
    lambda line, ours: _same_code(line, ours) and _same_charge(line, ours),
    lambda line, ours: _same_code(line, ours) and _same_modifiers(line, ours),
    _same_code,
)
