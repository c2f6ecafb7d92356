"""A patient whom a person entered is told by a source later: the same person, under the source's number from now on."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from apps.connectors.ports.ehr import EhrPatient
from apps.intake.models import Encounter, Patient
from apps.intake.services.lock_source import lock_source
from apps.intake.services.receive_patients import TOLD
from apps.intake.services.show_alike import show_alike

HAND = "hand"
Identity = tuple[str, str, date | None]


def identity(first_name: str, last_name: str, birth_date: date | None) -> Identity:
    return first_name.strip().casefold(), last_name.strip().casefold(), birth_date


def adopt_patients(source: str, told: Iterable[EhrPatient], among: Iterable[EhrPatient], *, now: datetime) -> None:
    """Entered patients of the same name and birth date as one that `source` tells take its number, and their visits its name.

    Only where one is like one, `among` all that the source tells now, in this chunk or another, and all that are here already: which
    of several alike it is a person decides, also where the second is told only later. Before visits are looked up, so that a visit
    that was entered is found as the one that the source tells. The caller holds the source's lock.
    """
    by_identity = _by_identity(told)
    if not by_identity:
        return
    lock_source(HAND)  # nobody enters one of them, or a visit of theirs, until these are here
    days = {day for _, _, day in by_identity}
    _doubt_adopted(source, by_identity, days, now)
    entered: dict[Identity, list[Patient]] = defaultdict(list)
    rows = Patient.objects.select_for_update(no_key=True).filter(source=HAND, birth_date__in=days).order_by("pk")
    for row in rows:
        entered[identity(row.first_name, row.last_name, row.birth_date)].append(row)
    entered = {key: rows for key, rows in entered.items() if key in by_identity}
    if not entered:
        return
    alike = _numbers_alike(source, entered, among)
    one_to_one = {key for key, rows in entered.items() if len(alike[key]) == len(rows) == 1}
    show_alike([row for key, rows in entered.items() if key not in one_to_one for row in rows], now=now)
    known = Patient.objects.filter(source=source, birth_date__in=days).values_list("source_id", flat=True)
    meant = {by_identity[key][0].source_id: (entered[key][0], by_identity[key][0]) for key in one_to_one}
    for source_id in sorted(meant.keys() - set(known)):
        row, each = meant[source_id]
        row.source, row.source_id, row.corrected, row.adopted = source, source_id, _typed_otherwise(row, each), True
        row.save(update_fields=["source", "source_id", "corrected", "adopted"])
        Encounter.objects.filter(patient=row, source=HAND).update(source=source)


def _doubt_adopted(
    source: str, told: dict[Identity, list[EhrPatient]], days: Collection[date | None], now: datetime
) -> None:
    """One who was entered and has been taken for the one of a source, which tells another of that name and birth date only now: it may
    have been this one, and a person looks.
    """
    adopted = Patient.objects.filter(adopted=True, birth_date__in=days).order_by("pk")
    doubted = [
        row
        for row in adopted
        if any(
            (source, each.source_id) != (row.source, row.source_id)
            for each in told.get(identity(row.first_name, row.last_name, row.birth_date), ())
        )
    ]
    if doubted:
        show_alike(doubted, now=now)


def _by_identity(told: Iterable[EhrPatient]) -> dict[Identity, list[EhrPatient]]:
    found: dict[Identity, list[EhrPatient]] = defaultdict(list)
    for each in told:
        if each.birth_date:
            found[identity(each.first_name, each.last_name, each.birth_date)].append(each)
    return found


def _numbers_alike(
    source: str, entered: Collection[Identity], among: Iterable[EhrPatient]
) -> dict[Identity, set[tuple[str, str]]]:
    """Source and number of each whom a source tells or has told so, without those entered by hand."""
    found: dict[Identity, set[tuple[str, str]]] = {
        key: {(source, each.source_id) for each in told} for key, told in _by_identity(among).items() if key in entered
    }
    here = Patient.objects.filter(birth_date__in={day for _, _, day in entered}).exclude(source=HAND)
    for row in here:
        key = identity(row.first_name, row.last_name, row.birth_date)
        if key in entered:
            found.setdefault(key, set()).add((row.source, row.source_id))
    return found


def _typed_otherwise(row: Patient, each: EhrPatient) -> dict[str, str]:
    """What a person typed stands as if they had corrected the source, until it tells something new."""
    told = {name: getattr(each, name) for name in TOLD}
    return {name: str(value) for name, value in told.items() if value and getattr(row, name) not in {"", None, value}}
