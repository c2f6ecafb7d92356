"""Take in a lot of what a source tells: one that cannot come in keeps no other out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self, TypeVar

from django.db import InterfaceError, OperationalError

# So many may fail one by one; where more do and none comes in, it is not theirs.
FEW = 10
NO_PATIENT = "the EHR does not tell its patient, or tells a record that cannot be read: look at the patient there"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A visit or an appointment that could not come in, by the source's number, and why. Names no patient. `day`: of an appointment."""

    source_id: str
    reason: str
    day: date | None = None


class Addable(Protocol):
    def __add__(self, other: Self, /) -> Self: ...


Told = TypeVar("Told")
Taken = TypeVar("Taken", bound=Addable)


def take_in_halves(
    lot: list[Told], take: Callable[[list[Told]], Taken], failed: Callable[[Told, Exception], Taken]
) -> Taken:
    """All at once, `take` being one transaction; where one of them fails, in halves, so that it fails alone.

    Where all of many fail that is no one's fault, and the failure is raised, as is that of a database that is gone.
    """
    taken, failures = _take(lot, take, failed)
    if len(failures) == len(lot) > FEW:
        raise failures[0]
    return taken


def _take(
    lot: list[Told], take: Callable[[list[Told]], Taken], failed: Callable[[Told, Exception], Taken]
) -> tuple[Taken, list[Exception]]:
    try:
        return take(lot), []
    except (InterfaceError, OperationalError):
        raise
    except Exception as failure:  # noqa: BLE001  whatever it is, the others stay whole
        if len(lot) == 1:
            return failed(lot[0], failure), [failure]
    half = len(lot) // 2
    (one, some), (other, more) = _take(lot[:half], take, failed), _take(lot[half:], take, failed)
    return one + other, some + more


def failing(failure: Exception, what: str) -> str:
    """The reason of a refusal. Its kind alone is told: what fell may repeat what the record says."""
    return f"taking it in fails with {type(failure).__name__}: look for unusual signs in the {what}, or report it to the makers"
