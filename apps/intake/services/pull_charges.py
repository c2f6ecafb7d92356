"""Ask the EHR for the charges of completed visits, and take in those that are new or changed."""

from collections.abc import Iterable
from datetime import date, datetime

from apps.connectors import registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.ehr import Ehr, EhrEncounter
from apps.intake import rules
from apps.intake.models import Encounter
from apps.intake.services.place_providers import unknown_providers
from apps.intake.services.receive_encounters import ReceivedEncounters, receive_encounters
from apps.intake.services.refused_charges import hand_over, refused_visits, visit_key, withdraw_what_came_in


def pull_charges(*, connection: Connection, first: date, last: date, now: datetime) -> ReceivedEncounters:
    """Completed visits with charges of these practice-local service dates, both included, and older ones charged on them.

    The network comes first and holds no transaction. Raises ConnectorError, which the connection remembers.
    """
    ehr = registry.ehr(connection, now=now)
    if not ehr.capabilities.polls_charges:
        return ReceivedEncounters()
    with contact(connection, now=now, mark=f"charges to {last}"):
        told = list(ehr.encounters_ready(first, last))
        worth_asking = _unknown_or_changed(connection.adapter, told)
        received = take_in(ehr, connection, worth_asking, Encounter.Path.POLL, now=now)
    settle_pages(connection, now=now)
    note_refusals(connection, received, told=told, now=now)
    return ReceivedEncounters(known=len(told) - len(worth_asking)) + received


def take_in(
    ehr: Ehr, connection: Connection, encounters: list[EhrEncounter], path: Encounter.Path, *, now: datetime
) -> ReceivedEncounters:
    """With their patients, and the EHR's list of providers where one is new to us."""
    if not encounters:
        return ReceivedEncounters()
    billable = [each for each in encounters if not each.problem]
    strangers = unknown_providers(each.provider_source_id for each in billable)
    return receive_encounters(
        source=connection.adapter,
        encounters=encounters,
        patients=ehr.patients([each.patient_source_id for each in billable]) if billable else [],
        providers=ehr.providers() if strangers else (),
        arrived_by=path,
        now=now,
    )


def settle_pages(connection: Connection, *, now: datetime) -> None:
    """The pages that the EHR answered have been read."""
    Transmission.objects.filter(
        connection=connection, kind=registry.EHR_ANSWER, state=Transmission.State.STORED
    ).update(state=Transmission.State.PROCESSED, settled_at=now)


def note_refusals(
    connection: Connection, received: ReceivedEncounters, *, told: Iterable[EhrEncounter], now: datetime
) -> None:
    """What could not come in is shown on the connection and is a person's work; what came in of `told` is so no longer."""
    refused = refused_visits(connection, received.refused)
    still = {each.key for each in refused}
    came_in = {visit_key(each.source_id) for each in told} - still
    withdraw_what_came_in(connection, came_in, now=now)
    hand_over(connection, refused, now=now)
    if received.refused:
        reasons = "; ".join(sorted({refusal.reason for refusal in received.refused}))
        problem = f"{len(received.refused)} visits could not be taken in: {reasons}."
        Connection.objects.filter(pk=connection.pk).update(last_failure=problem[:200])


def _unknown_or_changed(source: str, told: list[EhrEncounter]) -> list[EhrEncounter]:
    """A visit that is told as before needs no question about its patient; one without a plan does, for the plan may have come since."""
    rows = Encounter.objects.filter(source=source, source_id__in=[each.source_id for each in told])
    insured = dict(rows.exclude(coverage=None).values_list("source_id", "fingerprint"))

    def is_as_before(each: EhrEncounter) -> bool:
        last = insured.get(each.source_id)
        return last is not None and rules.fingerprint(each, before=last) == last

    return [each for each in told if not is_as_before(each)]
