"""Take in visits with their charges: once each, whichever way they come (poll, event, file), in bulk."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain, islice

from django.db import transaction

from apps.connectors.models import Transmission
from apps.connectors.ports.ehr import EhrEncounter, EhrPatient, EhrProvider
from apps.core.clock import practice_date
from apps.core.jobs import advance
from apps.intake import rules
from apps.intake.models import Charge, Encounter
from apps.intake.services.adopt_entered import adopt_entered
from apps.intake.services.adopt_patients import adopt_patients
from apps.intake.services.change_visits import change_visits, new_charges, told_differently
from apps.intake.services.lock_source import lock_source
from apps.intake.services.note_uncharged import settle_charged
from apps.intake.services.place_visits import Placed, place_visits
from apps.intake.services.show_conflicts import told_facts
from apps.intake.services.taking_in import NO_PATIENT, Refusal, failing, take_in_halves
from apps.practice.models import Location

CHUNK = 500
logger = logging.getLogger(__name__)


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
    job_id: int | None


def receive_encounters(
    *,
    source: str,
    encounters: Iterable[EhrEncounter],
    patients: Iterable[EhrPatient],
    providers: Sequence[EhrProvider] = (),
    arrived_by: Encounter.Path,
    now: datetime,
    transmission: Transmission | None = None,
    job_id: int | None = None,
) -> ReceivedEncounters:
    """Visits are known by (source, source_id): the same one again adds nothing. A chunk of 500 is one transaction.

    Charges, plan, provider or patient that differ from what came before are replaced while the visit waits to be billed; after
    that a biller gets to compare them, and nothing changes by itself. A visit whose patient was not told is refused, as is what
    `rules.refusal` names, and one over which the taking in falls: the others of its chunk come in. Where it falls over all of many, that
    is no visit's fault, and the failure is raised.
    """
    told = {patient.source_id: patient for patient in patients}
    arrival = _Arrival(source, arrived_by, now, transmission, providers, job_id)
    total = ReceivedEncounters()
    remaining = iter(encounters)
    while chunk := list(islice(remaining, CHUNK)):
        total += take_in_halves(chunk, partial(_receive, arrival, told), partial(_failed, arrival))
    if total.new:
        settle_charged(now=now)
    return total


def _receive(arrival: _Arrival, told: dict[str, EhrPatient], chunk: list[EhrEncounter]) -> ReceivedEncounters:
    accepted, refused = _sort_out(chunk, told, practice_date(arrival.now))
    return ReceivedEncounters(refused=refused) + _receive_chunk(arrival, accepted, told, len(chunk))


def _failed(arrival: _Arrival, visit: EhrEncounter, failure: Exception) -> ReceivedEncounters:
    logger.error("A visit of %s could not be taken in: %s.", arrival.source, type(failure).__name__)
    if arrival.job_id:
        advance(arrival.job_id, 1)
    return ReceivedEncounters(refused=(Refusal(visit.source_id, failing(failure, "visit")),))


def _sort_out(
    chunk: list[EhrEncounter], told: Mapping[str, EhrPatient], today: date
) -> tuple[dict[str, EhrEncounter], tuple[Refusal, ...]]:
    accepted, refused = {}, []
    for each in chunk:
        reason = rules.refusal(each, told.get(each.patient_source_id), today=today)
        if reason:
            refused.append(Refusal(each.source_id, reason))
        else:
            accepted[each.source_id] = each
    return accepted, tuple(refused)


@transaction.atomic
def _receive_chunk(
    arrival: _Arrival, accepted: dict[str, EhrEncounter], told: dict[str, EhrPatient], number: int
) -> ReceivedEncounters:
    """`number`: how many visits of its job are over with it, the refused ones among them."""
    if arrival.job_id:
        advance(arrival.job_id, number)
    if not accepted:
        return ReceivedEncounters()
    lock_source(arrival.source)
    named = dict.fromkeys(each.patient_source_id for each in accepted.values())
    people = [told[source_id] for source_id in named if source_id in told]
    adopt_patients(arrival.source, people, told.values(), now=arrival.now)
    rows = (
        Encounter.objects.select_for_update(of=("self",))
        .select_related("patient", "coverage")
        .filter(source=arrival.source, source_id__in=accepted)
    )
    known = {row.source_id: row for row in rows}
    unknown = [each for each in accepted.values() if each.source_id not in known]
    known |= adopt_entered(arrival.source, unknown, arrival.providers)
    different = told_differently([(row, accepted[source_id]) for source_id, row in known.items()], told)
    unknown = [each for each in accepted.values() if each.source_id not in known]
    strangers = tuple(Refusal(each.source_id, NO_PATIENT) for each in unknown if each.patient_source_id not in told)
    fresh = [each for each in unknown if each.patient_source_id in told]
    placeable = [each.told for each in different if each.told.patient_source_id in told]
    placed = place_visits(arrival.source, [*fresh, *placeable], told, providers=arrival.providers, now=arrival.now)
    change_visits(different, placed, now=arrival.now)
    made = _add(arrival, fresh, told, placed) if fresh else ()
    return ReceivedEncounters(made, len(known), len(different), strangers, placed.added_payers)


def _add(arrival: _Arrival, fresh: list[EhrEncounter], told: dict[str, EhrPatient], placed: Placed) -> tuple[str, ...]:
    locations = _locations()
    pages = {page for each in fresh if (page := each.received_as)}
    transmissions = {row.public_id: row for row in Transmission.objects.filter(public_id__in=pages).defer("payload")}
    made = [
        Encounter(
            source=arrival.source,
            source_id=each.source_id,
            patient=placed.patients[each.patient_source_id],
            coverage=placed.coverages[each.source_id],
            provider=placed.providers[each.provider_source_id],
            location=locations.get(each.location_source_id),
            service_date=each.service_date,
            place_of_service=each.place_of_service[:2] or "11",
            diagnoses=list(each.diagnoses),
            abn_signed_on=each.abn_signed_on,
            checked_out_at=each.checked_out_at,
            arrived_at=arrival.now,
            arrived_by=arrival.arrived_by,
            transmission=transmissions.get(each.received_as, arrival.transmission),
            fingerprint=rules.fingerprint(each, told[each.patient_source_id]),
            **told_facts(each),
        )
        for each in fresh
    ]
    Encounter.objects.bulk_create(made)
    Charge.objects.bulk_create(chain.from_iterable(map(new_charges, made, fresh)))
    return tuple(row.public_id for row in made)


def _locations() -> dict[str, Location]:
    """By the EHR's id; by name for sources that give no id."""
    rows = list(Location.objects.all())
    return {row.name: row for row in rows} | {row.source_id: row for row in rows if row.source_id}
