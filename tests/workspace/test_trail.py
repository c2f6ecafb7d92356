import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.audit.trail import record
from apps.core.models import User
from apps.practice.roles import Role
from apps.workspace.trail.reading import Asked, events
from apps.workspace.trail.wording import sentence
from tests.factories.intake import PatientFactory
from tests.factories.practice import UserFactory
from tests.signing_in import sign_in

NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
PAGE = reverse("settings:trail")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("statistics_forgotten")]


@pytest.fixture
def boss(client: Client) -> Client:
    sign_in(client, Role.ADMINISTRATOR)
    return client


def did(action: str, kind: str = "claim", who: User | None = None, minutes: int = 0, **more: object) -> AuditEvent:
    return record(action, acting_user=who, now=NOW + timedelta(minutes=minutes), subject_kind=kind, **more)  # type: ignore[arg-type]  # by name


def shown(boss: Client, **asked: str) -> list[str]:
    return [row["sentence"] for row in boss.get(PAGE, {"last": "2026-09-17", **asked}).context["rows"]]


def test_the_newest_stands_first_in_plain_words(boss: Client) -> None:
    did("view", "claim")
    did("sign_in", "user", minutes=1)
    did("write_off_balance", "balance", minutes=2)
    assert shown(boss) == ["Write off balance", "Signed in", "Looked at claim"]


@pytest.mark.parametrize(
    ("action", "kind", "says"),
    [
        ("view", "claim", "Looked at claim"),
        ("write_off_balance", "balance", "Write off balance"),
        ("undo_deposit_match", "bank_line", "Undo deposit match bank line"),
        ("sign_in", "user", "Signed in"),
        ("list", "claim", "Looked through claims"),
        ("list", "metric_rows", "Looked through the rows of"),
        ("view", "entered_eob", "Looked at paper EOB"),
    ],
)
def test_no_kind_is_said_twice(action: str, kind: str, says: str) -> None:
    assert sentence(action, kind) == says


@pytest.mark.parametrize(
    ("asked", "sentences"),
    [
        ({"doing": "reads"}, ["Looked at claim"]),
        ({"doing": "changes"}, ["Settle balance"]),
        ({"doing": "exports"}, ["Exported claim exceptions"]),
        ({"doing": "signing_in"}, ["Was refused at sign-in"]),
        ({"kind": "balance"}, ["Settle balance"]),
        ({"subject": "C7"}, ["Looked at claim"]),
        ({"person": "nobody"}, ["Was refused at sign-in"]),
        ({"first": "2026-09-17"}, []),
        ({"first": "2026-09-16", "last": "2026-09-16", "doing": "reads"}, ["Looked at claim"]),
    ],
)
def test_each_filter_narrows(boss: Client, asked: dict[str, str], sentences: list[str]) -> None:
    who = UserFactory()
    did("view", "claim", who, subject_public_id="C7")
    did("settle", "balance", who, 1)
    did("export", "claim_exceptions", who, 2)
    did("sign_in_refused", "user", None, 3)
    assert shown(boss, **asked) == sentences


def test_a_person_and_a_patient_are_followed(boss: Client) -> None:
    patient, other = PatientFactory(first_name="Nestor", last_name="Pennybrook"), PatientFactory()
    clerk = UserFactory()
    did("view", "patient", clerk, patients=[patient.public_id])
    did("list", "claims", clerk, 1, patients=[patient.public_id, other.public_id])
    did("view", "patient", UserFactory(), 2, patients=[other.public_id])
    assert shown(boss, person=clerk.public_id) == ["Looked through claims", "Looked at patient"]
    assert shown(boss, patient=patient.public_id) == ["Looked through claims", "Looked at patient"]
    page = boss.get(PAGE, {"patient": patient.public_id}).content.decode()
    assert "Only what concerns Nestor Pennybrook." in page
    assert "2 patients" in page


def test_a_log_in_is_shown_by_its_persons_name(boss: Client) -> None:
    clerk = UserFactory(first_name="Ida", last_name="Quill")
    did("set_role", "user", subject_public_id=clerk.public_id)
    row = boss.get(PAGE, {"last": "2026-09-17"}).context["rows"][0]
    assert (row["sentence"], row["subject"]) == ("Changed the role of", "Ida Quill")


def test_a_day_is_the_practices_own(boss: Client, settings) -> None:
    """11 PM on the 16th in Austin is the 17th in UTC."""
    settings.TIME_ZONE = "America/Chicago"
    did("view", minutes=8 * 60)
    assert shown(boss, first="2026-09-16", last="2026-09-16") == ["Looked at claim"]
    assert shown(boss, first="2026-09-17") == []


@pytest.mark.long
def test_pages_go_on_where_the_last_one_ended_also_within_one_moment(boss: Client) -> None:
    for number in range(120):
        did("view", subject_public_id=f"C{number}")
    address, seen = f"{PAGE}?last=2026-09-17", []
    while address:
        context = boss.get(address).context
        seen += [row["event"].subject_public_id for row in context["rows"]]
        address = f"{PAGE}{context['older']}" if context["older"] else ""
    assert seen == [f"C{number}" for number in reversed(range(120))]


@pytest.mark.parametrize("after", ["x", "2026-09-16", "2026-09-16T20:00:00_1", "2026-09-16T20:00:00+00:00_x"])
def test_a_place_that_is_none_is_the_newest(boss: Client, after: str) -> None:
    did("view")
    assert shown(boss, after=after) == ["Looked at claim"]


def test_a_filter_that_is_not_understood_shows_nothing_and_says_so(boss: Client) -> None:
    did("view")
    answer = boss.get(PAGE, {"first": "2026-09-16", "last": "2026-09-01"})
    assert answer.status_code == 422
    assert "This day is before the first one." in answer.content.decode()
    assert boss.get(reverse("settings:export_trail"), {"person": "stranger"}).status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_trail_is_of_is_refused(boss: Client, day: str) -> None:
    for name in ("trail", "export_trail"):
        assert boss.get(reverse(f"settings:{name}"), {"first": day, "last": day}).status_code == 422


def test_a_subject_that_is_followed_is_named(boss: Client) -> None:
    did("settle", "balance", subject_public_id="B77")
    assert "Only what concerns B77." in boss.get(PAGE, {"subject": "B77", "last": "2026-09-17"}).content.decode()


def test_looking_and_exporting_are_in_the_trail(boss: Client) -> None:
    patient = PatientFactory()
    did("view", "patient", patients=[patient.public_id])
    boss.get(PAGE, {"patient": patient.public_id})
    answer = boss.get(reverse("settings:export_trail"), {"patient": patient.public_id})
    looked, took = AuditEvent.objects.filter(subject_kind="audit_trail").order_by("pk")
    assert (looked.action, looked.patients) == ("list", [patient.public_id])
    assert (took.action, took.patients, took.detail) == (
        "export",
        [patient.public_id],
        {"filter": f"patient={patient.public_id}"},
    )
    rows = list(csv.DictReader(b"".join(answer).decode().splitlines()))  # type: ignore[arg-type]  # a stream
    assert [(row["Action"], row["Kind"], row["Patients"]) for row in rows][-1] == ("view", "patient", patient.public_id)


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK])
def test_others_do_not_see_it(client: Client, role: Role) -> None:
    sign_in(client, role)
    assert client.get(PAGE).status_code == 403
    assert client.get(reverse("settings:export_trail")).status_code == 403
    assert PAGE not in client.get(reverse("settings:payers")).content.decode()


@pytest.mark.long
def test_a_page_takes_as_many_queries_however_long_the_trail_is(
    boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    did("view", "claim", UserFactory(), patients=[PatientFactory().public_id])
    with django_assert_num_queries(QUERIES):
        boss.get(PAGE)
    for number in range(60):
        did("view", "patient", UserFactory(), number, patients=[PatientFactory().public_id])
    with django_assert_num_queries(QUERIES):
        boss.get(PAGE)


QUERIES = 17


MANY = """
INSERT INTO audit_auditevent (at, actor_id, action, subject_kind, subject_public_id, patients, detail)
SELECT timestamptz '2026-01-01' + n * interval '1 minute', (%s::bigint[])[1 + (n %% 500 = 0)::int], 'view', 'kind ' || n %% 500, 'S' || n,
       ARRAY['P' || n %% 4000], '{}'
FROM generate_series(1, 20000) AS n
"""


@pytest.mark.long
def test_each_filter_of_a_long_trail_has_its_index() -> None:
    busy, rare = UserFactory(), UserFactory()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [[busy.pk, rare.pk]])
        cursor.execute("ANALYZE audit_auditevent")
    wanted = {
        "audit_audit_at_e731e1_idx": Asked(),
        "audit_by_actor": Asked(person=rare.public_id),
        "audit_by_kind": Asked(kind="kind 7"),
        "audit_by_patient": Asked(patient="P1"),
    }
    for index, asked in wanted.items():
        assert index in events(asked)[:51].explain()
