"""Today and the search field are opened all day: what they read must not grow with the history."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.denials.services import open_denials
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Coverage, Encounter, Patient
from apps.patient_balances.models import Balance, Message, PatientPayment
from apps.practice.roles import Role
from apps.remittances.models import RemittanceFile, RemittancePayment
from apps.worklist.models import WorkItem, WorkNote
from apps.workspace.selectors.notes import notes_of_claim, notes_of_patient
from apps.workspace.selectors.pipeline import stages
from apps.workspace.selectors.search import search
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.denials import refused
from tests.factories.eligibility import EligibilityCheckFactory
from tests.factories.patient_balances import BalanceFactory, MessageFactory, PatientPaymentFactory
from tests.factories.practice import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("statistics_forgotten")]
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
MANY = 3000
SETTLED: dict[type[Any], dict[str, Any]] = {
    Claim: {"status": ClaimStatus.CLOSED, "built_at": LONG_AGO, "first_submitted_at": LONG_AGO},
    Encounter: {"billed_at": LONG_AGO, "service_date": LONG_AGO.date()},
    EligibilityCheck: {"state": "answered", "answered_at": LONG_AGO, "service_date": LONG_AGO.date()},
    Denial: {"state": "recovered", "routed_at": LONG_AGO},
    Balance: {"state": Balance.State.PAID},
    Message: {"state": Message.State.DELIVERED, "sent_at": LONG_AGO},
    PatientPayment: {"state": PatientPayment.State.PAID, "paid_at": LONG_AGO},
    Patient: {},
    Coverage: {},
    RemittancePayment: {},
    WorkItem: {"state": WorkItem.State.DONE, "opened_at": LONG_AGO},
    WorkNote: {"at": LONG_AGO},
}


@pytest.fixture
def history() -> None:
    """Some thousand settled rows of each table, all of them over a year old."""
    claim = ClaimFactory(payer_claim_number="SN1")
    refused(claim=claim)
    open_denials(now=NOW)
    WorkNote.objects.create(item=WorkItem.objects.get(), author=UserFactory(), at=NOW, text="Called the payer.")
    EligibilityCheckFactory()
    balance = BalanceFactory()
    MessageFactory(balance=balance)
    PatientPaymentFactory(balance=balance)
    file = RemittanceFile.objects.create(transmission=TransmissionFactory(), received_at=NOW)
    RemittancePayment.objects.create(
        file=file,
        number=1,
        segment=2,
        payer_identifier="1",
        trace_number="EFT1",
        method="ACH",
        paid_on=NOW.date(),
        amount=1,
    )
    for model, settled in SETTLED.items():
        model.objects.update(**settled)
        _multiply(model)


def _multiply(model: type[Any]) -> None:
    """Copies of one row straight into its table: keys are not checked, since only the planner reads them."""
    table = model._meta.db_table
    names = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    unique = {
        "public_id",
        "control_number",
        "payer_claim_number",
        "trace_number",
        "source_id",
        "last_name",
        "first_name",
        "subject_public_id",
    }
    keys = {"claim_id", "coverage_id", "item_id", "patient_id"}
    first = model.objects.order_by("pk").values_list("pk", flat=True)[0]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(
        f"left(md5('{name}' || n), 12)" if name in unique else "n" if name in keys else f'"{name}"' for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        _allow_repetitions(cursor, table)
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}", generate_series(1, {MANY}) n '  # noqa: S608  our own names
            f"WHERE id = {first}"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(f'ANALYZE "{table}"')


def _allow_repetitions(cursor: Any, table: str) -> None:
    """Each unique index becomes a plain one over the same columns, which serves the planner as well."""
    cursor.execute(
        "SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        "WHERE x.indrelid = %s::regclass AND x.indisunique AND NOT x.indisprimary",
        [table],
    )
    unique = cursor.fetchall()
    cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    for name, made_by in unique:
        cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
        cursor.execute(made_by.replace("CREATE UNIQUE INDEX", "CREATE INDEX", 1))


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end, of those that grew."""
    grown = {model._meta.db_table for model in SETTLED}
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in grown:
        yield node["Relation Name"]
    for each in node.get("Plans", ()):
        yield from _read_whole(each)


def _tables_read_whole(act: Callable[[], object]) -> list[str]:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            found += [f"{table}: {sql[:300]}" for table in _read_whole(cursor.fetchone()[0][0]["Plan"])]
    return found


@pytest.mark.long
@pytest.mark.usefixtures("history")
def test_no_stage_of_today_reads_a_whole_table() -> None:
    assert _tables_read_whole(lambda: stages(since=NOW - timedelta(days=1), today=NOW.date())) == []


@pytest.mark.long
@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("words", ["lind", "Marta Lind", "Lindqvist, Ma", "T00418", "EFT1"])
def test_no_search_reads_a_whole_table(words: str) -> None:
    assert _tables_read_whole(lambda: search(words, Role.BILLER)) == []


@pytest.mark.long
@pytest.mark.usefixtures("history")
def test_no_page_reads_the_notes_of_the_whole_practice() -> None:
    claim = ClaimFactory()
    rooms = {"with_denials": True, "with_balances": True, "with_remittances": True}
    assert _tables_read_whole(lambda: notes_of_claim(claim, **rooms)) == []
    assert _tables_read_whole(lambda: notes_of_patient(claim.patient, with_claims=True, **rooms)) == []
