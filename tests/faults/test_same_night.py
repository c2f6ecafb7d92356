"""From an EHR's event, and from a night's charges of which some are broken, to files that lie at the clearinghouse."""

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client, TestCase
from pytest_django import Settings

from apps.automations.demo.load import load_demo
from apps.automations.tasks import run_step
from apps.automations.timetable import sync_schedule
from apps.claims.models import Claim, Finding
from apps.claims.states import ClaimStatus
from apps.connectors import registry
from apps.connectors.models import Connection
from apps.connectors.registry import connection_of
from apps.core.models import Automation
from apps.intake.models import Encounter, RefusedCharges
from apps.intake.services import find_mapping
from tests.factories.connectors import EhrConnectionFactory
from tests.outside import Sandbox, running_sandbox

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
EVENING = datetime.fromisoformat("2026-09-16T18:15:00-05:00")
DAY = date(2026, 9, 16)
WAY = ("receive_ehr_event", "build_claims", "scrub_claims", "send_ready", "submit_batch")
Step = tuple[str, str]


@pytest.fixture
def world(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox of its own, whose clearinghouse refuses nothing by chance, and the demo practice connected to it."""
    settings.DEMO_MODE, settings.VAR_DIR = True, tmp_path
    monkeypatch.setattr("apps.core.clock.now", lambda: EVENING)
    with running_sandbox(tmp_path) as sandbox:
        sandbox.control("knobs", {"clearinghouse_reject": 0.0, "payer_reject": 0.0})
        load_demo(sandbox.facts, now=EVENING)
        sync_schedule(now=EVENING)
        sandbox.control("advance", {"to": EVENING.isoformat()})
        yield sandbox


@pytest.fixture
def follow(nudges: list[Step]) -> Callable[..., list[str]]:
    """Does what is nudged, and what that nudges, as the workers would; gives the steps in their order. No periodic job runs."""

    def drain(*first: Step, now: datetime = EVENING) -> list[str]:
        done = []
        nudges.extend(first)
        while nudges:
            step, key = nudges.pop(0)
            with TestCase.captureOnCommitCallbacks(execute=True):
                run_step(step, key, now=now)
            done.append(step)
        return done

    return drain


def delivered(world: Sandbox) -> list[dict[str, str]]:
    """What the clearinghouse has read; it judges a file after it has taken it."""
    return list(world.control("claims")["claims"])


def wait_for(world: Sandbox, number: int) -> set[str]:
    """The control numbers of what arrived, once so many have."""
    deadline = time.monotonic() + 60
    while len(delivered(world)) < number and time.monotonic() < deadline:
        time.sleep(0.05)
    return {each["control"] for each in delivered(world)}


def a_checkout(client: Client) -> str:
    """One completed visit's event at our door; the visit's number."""
    connection = connection_of(Connection.Kind.EHR)
    visits = registry.ehr(connection, now=EVENING).encounters_ready(DAY, DAY)
    number = next(each.source_id for each in visits if each.coverages is None)
    headers = {
        "x-drchrono-event": "APPOINTMENT_MODIFY",
        "x-drchrono-delivery": "d1",
        "x-drchrono-signature": connection.settings["webhook_secret"],
    }
    body = {"object": {"id": number, "status": "Complete"}}
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post("/webhooks/ehr/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 204
    return number


def test_a_checkout_lies_at_the_clearinghouse_within_two_minutes_without_any_periodic_job(
    world: Sandbox, client: Client, follow: Callable[..., list[str]]
) -> None:
    begin = time.monotonic()
    number = a_checkout(client)
    steps = follow()
    claim = Claim.objects.get(encounter__source_id=number)
    assert wait_for(world, 1) == {claim.control_number}
    assert time.monotonic() - begin < 120
    assert [step for step in steps if step in WAY] == list(WAY)
    assert claim.status == ClaimStatus.SUBMITTED


def test_nothing_leaves_while_sending_is_switched_off(
    world: Sandbox, client: Client, follow: Callable[..., list[str]]
) -> None:
    Automation.objects.filter(name="batches").update(enabled=False)
    a_checkout(client)
    assert "submit_batch" not in follow()
    assert Claim.objects.get().status == ClaimStatus.READY
    assert delivered(world) == []


HEADER = (
    "visit,status,patient,last_name,first_name,birth_date,sex,address,city,state,zip,payer_id,payer,member_id,"
    "provider_last_name,provider_npi,specialty,service_date,procedure,units,charge,diagnosis_1"
)
GOOD = (
    "V{n},Complete,P{n},Thornbury,Ada{n},1980-05-01,F,77 Cypress Bend,Austin,TX,787041933,LPHP1,Lone Prairie,LP{n:09d},"
    "Quintero,1234567893,Family Medicine,2026-09-16,99213,1,148.00,J01.90"
)
# One broken charge in twenty, each in a way of its own: what stands in the row, what instead, and what a person is told of it.
BROKEN = (
    ("148.00", "one", "the charge is not an amount in dollars and cents"),
    ("2026-09-16", "16.9.2026", "the date of service is not a date of the form 2026-09-14 or 9/14/2026"),
    (",1,148.00,J01.90", "", "it has 19 cells where the header has 22"),
    ("Complete", "Cancelled", "the visit is cancelled or missed, yet it has charges"),
    ("99213", "", "the procedure code is missing"),
    (",1,148", ",0,148", "the units are zero"),
    ("787041933", "", "WF-PATIENT-ADDRESS"),
    ("LP{n:09d}", "", "COV-MEMBER-ID"),
    ("J01.90", "", "WF-DIAGNOSIS-COUNT"),
    ("LPHP1,Lone Prairie", ",Brazos Mutual", "COV-PAYER-ID"),
)
VISITS = 20 * len(BROKEN)


def a_nights_file() -> bytes:
    rows = []
    for n in range(1, VISITS + 1):
        row = GOOD
        if n % 20 == 0:
            right, wrong, _ = BROKEN[n // 20 - 1]
            assert right in row
            row = row.replace(right, wrong)
        rows.append(row.format(n=n))
    return "\n".join([HEADER, *rows, ""]).encode()


def test_of_a_night_with_one_broken_charge_in_twenty_every_good_one_is_delivered_and_accepted_the_same_night(
    world: Sandbox, tmp_path: Path, follow: Callable[..., list[str]]
) -> None:
    Connection.objects.filter(adapter="csv_drop").delete()
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "night.csv").write_bytes(a_nights_file())
    find_mapping(a_nights_file())
    EhrConnectionFactory(
        name="Export", adapter="csv_drop", settings={"folder": str(folder), "mapping": "standard", "settled_seconds": 0}
    )
    follow(("import_charge_files", ""))

    good = {f"V{n}" for n in range(1, VISITS + 1) if n % 20}
    sent = Claim.objects.filter(status=ClaimStatus.SUBMITTED)
    assert set(sent.values_list("encounter__source_id", flat=True)) == good
    assert wait_for(world, len(good)) == set(sent.values_list("control_number", flat=True))
    assert not Encounter.objects.exclude(source_id__in=good).filter(claims__status=ClaimStatus.SUBMITTED).exists()

    (refused,) = RefusedCharges.objects.all()
    assert refused.transmission is not None
    problems = {row["line"]: row["reason"] for row in refused.transmission.charge_file.problems}
    for place, (_, _, says) in enumerate(BROKEN, start=1):
        held = Finding.objects.filter(claim__encounter__source_id=f"V{20 * place}", state=Finding.State.OPEN)
        told = [problems.get(20 * place + 1, "")] + [f"{each.rule} {each.sentence}" for each in held]
        assert any(says in each for each in told), (says, told)

    world.control("advance", {"to": (EVENING + timedelta(hours=2)).isoformat()})
    follow(("fetch_responses", ""), now=EVENING + timedelta(hours=2))
    assert not [each for each in delivered(world) if each["status"] == "rejected by clearinghouse"]
    assert Claim.objects.filter(memberships__answer="none").count() == 0
