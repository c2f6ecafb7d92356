"""Take in visits with their charges: once each, whichever way they come (poll, event, file), in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from django.db import transaction

from apps.connectors.models import Transmission
from apps.connectors.ports.ehr import EhrEncounter, EhrPatient, EhrProvider
from apps.intake import rules
from apps.intake.models import Charge, Coverage, Encounter, Patient
from apps.intake.services.change_charges import change_charges, new_charges
from apps.intake.services.lock_source import lock_source
from apps.intake.services.place_payers import place_payers
from apps.intake.services.place_providers import place_providers
from apps.intake.services.receive_consents import receive_consents
from apps.intake.services.receive_coverages import CoverageBook, Told
from apps.intake.services.receive_patients import receive_patients
from apps.practice.models import Location

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """A visit that could not come in, by the EHR's number, and why. Names no patient."""

    source_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReceivedEncounters:
    encounters: tuple[str, ...] = ()  # public ids of those that are new
    known: int = 0
    changed: int = 0
    refused: tuple[Refusal, ...] = ()
    added_payers: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        return len(self.encounters)

    def __add__(self, other: "ReceivedEncounters") -> "ReceivedEncounters":
        return ReceivedEncounters(
            self.encounters + other.encounters,
            self.known + other.known,
            self.changed + other.changed,
            self.refused + other.refused,
            self.added_payers + other.added_payers,
        )


@dataclass(frozen=True, slots=True)
class _Arrival:
    """How this lot comes in."""

    source: str
    arrived_by: Encounter.Path
    now: datetime
    transmission: Transmission | None
    providers: Sequence[EhrProvider]


def receive_encounters(
    *,
    source: str,
    encounters: Iterable[EhrEncounter],
    patients: Iterable[EhrPatient],
    providers: Sequence[EhrProvider] = (),
    arrived_by: Encounter.Path,
    now: datetime,
    transmission: Transmission | None = None,
) -> ReceivedEncounters:
    """Visits are known by (source, source_id): the same one again adds nothing. A chunk of 500 is one transaction.

    Charges that differ from what came before are replaced while the visit waits to be billed; after that a biller gets to
    compare them, and nothing changes by itself. A visit whose patient was not told is refused, as is what `rules.refusal` names.
    """
    told = {patient.source_id: patient for patient in patients}
    arrival = _Arrival(source, arrived_by, now, transmission, providers)
    total = ReceivedEncounters()
    remaining = iter(encounters)
    while chunk := list(islice(remaining, CHUNK)):
        accepted, refused = _sort_out(chunk)
        total += ReceivedEncounters(refused=refused)
        if accepted:
            total += _receive_chunk(arrival, accepted, told)
    return total


def _sort_out(chunk: list[EhrEncounter]) -> tuple[dict[str, EhrEncounter], tuple[Refusal, ...]]:
    accepted, refused = {}, []
    for each in chunk:
        reason = rules.refusal(each)
        if reason:
            refused.append(Refusal(each.source_id, reason))
        else:
            accepted[each.source_id] = each
    return accepted, tuple(refused)


@transaction.atomic
def _receive_chunk(
    arrival: _Arrival, accepted: dict[str, EhrEncounter], told: dict[str, EhrPatient]
) -> ReceivedEncounters:
    lock_source(arrival.source)
    rows = (
        Encounter.objects.select_for_update(of=("self",))
        .select_related("patient")
        .filter(source=arrival.source, source_id__in=accepted)
    )
    known = {row.source_id: row for row in rows}
    changed = change_charges([(row, accepted[source_id]) for source_id, row in known.items()], now=arrival.now)
    fresh = [each for each in accepted.values() if each.source_id not in known]
    strangers = tuple(
        Refusal(each.source_id, "the EHR does not tell its patient")
        for each in fresh
        if each.patient_source_id not in told
    )
    fresh = [each for each in fresh if each.patient_source_id in told]
    made, added = _add(arrival, fresh, told) if fresh else ((), ())
    return ReceivedEncounters(made, len(known), changed, strangers, added)


def _add(
    arrival: _Arrival, fresh: list[EhrEncounter], told: dict[str, EhrPatient]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people = [told[source_id] for source_id in dict.fromkeys(each.patient_source_id for each in fresh)]
    patients = receive_patients(arrival.source, people)
    receive_consents(people, patients, now=arrival.now)
    coverages, added = _coverages(fresh, told, patients, arrival.now)
    providers = place_providers((each.provider_source_id for each in fresh), arrival.providers)
    locations = _locations()
    pages = {page for each in fresh if (page := each.received_as)}
    transmissions = {row.public_id: row for row in Transmission.objects.filter(public_id__in=pages).defer("payload")}
    made = [
        Encounter(
            source=arrival.source,
            source_id=each.source_id,
            patient=patients[each.patient_source_id],
            coverage=coverages[each.source_id],
            provider=providers[each.provider_source_id],
            location=locations.get(each.location_source_id),
            service_date=each.service_date,
            place_of_service=each.place_of_service[:2] or "11",
            diagnoses=list(each.diagnoses),
            checked_out_at=each.checked_out_at,
            arrived_at=arrival.now,
            arrived_by=arrival.arrived_by,
            transmission=transmissions.get(each.received_as, arrival.transmission),
            fingerprint=rules.fingerprint(each),
        )
        for each in fresh
    ]
    Encounter.objects.bulk_create(made)
    Charge.objects.bulk_create(chain.from_iterable(map(new_charges, made, fresh)))
    return tuple(row.public_id for row in made), added


def _locations() -> dict[str, Location]:
    """By the EHR's id; by name for sources that give no id."""
    rows = list(Location.objects.all())
    return {row.name: row for row in rows} | {row.source_id: row for row in rows if row.source_id}


def _coverages(
    fresh: list[EhrEncounter], told: dict[str, EhrPatient], patients: dict[str, Patient], now: datetime
) -> tuple[dict[str, Coverage | None], tuple[str, ...]]:
    """Each visit's coverage: the one that it names itself, else its patient's first as told now."""
    tellings = [
        Told(
            patients[each.patient_source_id],
            told[each.patient_source_id].coverages if each.coverages is None else each.coverages,
            complete=each.coverages is None,
        )
        for each in fresh
    ]
    named = ((cover, telling.patient.public_id) for telling in tellings for cover in telling.coverages)
    payers, added = place_payers(named, now=now)
    book = CoverageBook(patients.values(), payers, now=now)
    found = {each.source_id: book.tell(telling) for each, telling in zip(fresh, tellings, strict=True)}
    book.write()
    return found, added
