"""Payers as CSV: read line by line, compared with what stands, taken in whole or not at all, once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.audit.models import AuditEvent
from apps.practice.models import Payer, PayerChannel, PayerDeadline
from apps.practice.rules.csv_file import Problem
from apps.practice.rules.payer_file import COLUMNS, ToldChannel, ToldDeadlines, read_payers
from apps.practice.services import PayersRefusedError, import_payers, preview_payers
from tests.factories.practice import PayerChannelFactory, PayerDeadlineFactory, PayerFactory, UserFactory

NOW = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
WHOLE = {
    "name": "Lone Prairie",
    "claims_id": "LPHP1",
    "eligibility_id": "LPHP1",
    "correction_route": "new_claim",
    "phone": "+18005550100",
    "portal": "https://lone.example.com/",
    "state": "TX",
    "postcode": "78757",
    "clearinghouse": "Waystar",
    "claims_at": "WS001",
    "claims_enrollment": "not_needed",
    "remittance_enrollment": "active 02/01/2026",
    "filing_days": "95",
    "appeal_1_days": "180",
    "appeal_1_from": "remittance",
    "deadlines_source": "Provider manual, chapter 7",
    "deadlines_verified": "2026-09-01",
}


def csv(*rows: dict[str, str]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows]
    return "\n".join([",".join(columns), *lines])


def taken(*rows: dict[str, str], **more: Any) -> Any:
    told = {"clearinghouses": ["waystar"], "source": "payers.csv", "acting_user": None, "now": NOW} | more
    return import_payers(text=csv(*rows), **told)


def refused(*rows: dict[str, str]) -> list[Problem]:
    with pytest.raises(PayersRefusedError) as caught:
        taken(*rows)
    return list(caught.value.problems)


def test_a_line_is_a_payer() -> None:
    (payer,) = read_payers(csv(WHOLE)).payers
    assert payer.fields["portal"] == "https://lone.example.com/"
    assert payer.clearinghouse == "waystar"
    assert payer.channels == {
        "837P": ToldChannel("WS001", "not_needed"),
        "835": ToldChannel("", "active", date(2026, 2, 1)),
    }
    assert payer.deadlines == ToldDeadlines(
        "",
        "Provider manual, chapter 7",
        "",
        date(2026, 9, 1),
        {"filing": (95, "service"), "appeal_1": (180, "remittance")},
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"name": ""}, "name is empty: say which payer this is."),
        ({"claims_id": "X"}, 'claims_id: "X" is not an ID of 2 to 20 letters and digits.'),
        ({"claims_id": "A*B"}, 'claims_id: "A*B" is not an ID'),
        ({"correction_route": "fax"}, 'correction_route: "fax" is not replacement, new_claim or reopening.'),
        ({"filing_indicator": "cil"}, "is not a claim filing indicator of two signs"),
        ({"member_id_pattern": "LP[0-9"}, 'member_id_pattern: "LP[0-9" is not a regular expression: '),
        ({"member_id_pattern": "([A-Z]+)+"}, 'member_id_pattern: "([A-Z]+)+" repeats a group of varying length'),
        ({"phone": "ask"}, 'phone: "ask" is not a phone number.'),
        ({"portal": "lone.example.com"}, "is not an address that begins with https://."),
        ({"state": "Texas"}, "is not a state's two letters."),
        ({"postcode": "78757-4120"}, "is not a ZIP of 5 or 9 digits without the dash."),
        ({"clearinghouse": ""}, "clearinghouse is empty: say at which one"),
        ({"claims_at": "~"}, 'claims_at: "~" is not an ID'),
        ({"claims_enrollment": "maybe"}, 'claims_enrollment: "maybe" is not not_needed, to_do'),
        ({"claims_enrollment": "active"}, "or applied or active with a day"),
        ({"claims_enrollment": "active 2026-02-30"}, "claims_enrollment is not a date"),
        ({"filing_days": "soon"}, 'filing_days: "soon" is not a number of days from 1 to 3650.'),
        ({"filing_days": "0"}, "is not a number of days"),
        ({"filing_from": "remittance"}, 'filing_from: "remittance" is not service.'),
        ({"appeal_1_from": ""}, 'appeal_1_from: "" is not service or remittance or receipt.'),
        ({"deadlines_source": ""}, "deadlines_source is empty: a deadline needs where it is written"),
        ({"deadlines_source": "x" * 201}, "deadlines_source has more than 200 signs"),
        ({"deadlines_verified": ""}, "deadlines_verified is empty"),
        ({"deadlines_verified": "yesterday"}, "deadlines_verified is not a date: write 2026-01-31"),
        ({"deadlines_link": "manual"}, 'deadlines_link: "manual" is not an address'),
    ],
)
def test_a_bad_cell_is_told_by_line_column_and_what_is_expected(cells: dict[str, str], reason: str) -> None:
    found = read_payers(csv({"name": "Bluebonnet"}, WHOLE | cells)).problems
    assert [problem.line for problem in found] == [3]
    assert reason in found[0].reason


def test_every_bad_line_is_told_at_once() -> None:
    found = read_payers(csv(WHOLE | {"state": "Texas", "phone": "ask"}, WHOLE, WHOLE | {"filing_days": "x"})).problems
    assert [problem.line for problem in found] == [2, 2, 4]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", f"The column name is missing. The columns are {', '.join(COLUMNS)}."),
        ("payer,claims_id\nX,XX1", f"The column name is missing. The columns are {', '.join(COLUMNS)}."),
        ("name,claims_id\n\n , \n", "The file has no rows."),
    ],
)
def test_a_file_without_payers_says_so(text: str, problem: str) -> None:
    assert read_payers(text).problems == (Problem(1, problem),)


# ------------------------------------------------------------------ against what stands


@pytest.mark.django_db
def test_a_new_payer_comes_with_its_ids_enrollments_and_deadlines() -> None:
    found = taken(WHOLE, acting_user=(user := UserFactory()))
    assert found.added == ("Lone Prairie",)
    payer = Payer.objects.get()
    assert (payer.claims_id, payer.correction_route, payer.postcode) == ("LPHP1", "new_claim", "78757")
    channels = payer.channels.order_by("transaction").values_list(
        "transaction", "identifier", "enrollment", "enrollment_on"
    )
    assert list(channels) == [("835", "", "active", date(2026, 2, 1)), ("837P", "WS001", "not_needed", None)]
    assert {row.kind: (row.days, row.counted_from) for row in payer.deadlines.all()} == {
        "filing": (95, "service"),
        "appeal_1": (180, "remittance"),
    }
    assert set(payer.deadlines.values_list("verified_by", flat=True)) == {user.display_name}
    event = AuditEvent.objects.get()
    assert (event.action, event.detail["added"], event.detail["changed"]) == ("import_payers", ["Lone Prairie"], [])


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing() -> None:
    taken(WHOLE)
    again = taken(WHOLE)
    assert (again.is_empty, again.same) == (True, 1)
    assert (Payer.objects.count(), PayerChannel.objects.count(), PayerDeadline.objects.count()) == (1, 2, 2)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_preview_says_what_would_change_and_changes_nothing() -> None:
    payer = PayerFactory(name="lone prairie", claims_id="OLD01", phone="+18005550100")
    PayerChannelFactory(payer=payer, identifier="WS000")
    PayerDeadlineFactory(
        payer=payer, kind="filing", days=90, counted_from="service", source="Provider manual, chapter 7"
    )
    row = {key: WHOLE[key] for key in ("name", "claims_id", "phone", "clearinghouse", "claims_at", "filing_days")}
    row |= {"deadlines_source": "Provider manual, chapter 7", "deadlines_verified": "2026-07-01"}
    found = preview_payers(text=csv(row), clearinghouses=["waystar"])
    assert [tuple(change) for change in found.changes] == [
        ("lone prairie", "Payer ID for claims", "OLD01", "LPHP1"),
        ("lone prairie", "Claims (837P) at waystar: payer ID", "WS000", "WS001"),
        ("lone prairie", "Initial filing: days", "90", "95"),
    ]
    assert (found.added, found.changed_payers) == ((), 1)
    payer.refresh_from_db()
    assert payer.claims_id == "OLD01"


@pytest.mark.django_db
def test_a_payer_is_also_found_by_its_id_and_keeps_its_name() -> None:
    payer = PayerFactory(name="Lone Prairie Health Plan", claims_id="LPHP1", fax="5125550199")
    found = taken({"name": "LONE PRAIRIE HP", "claims_id": "LPHP1", "phone": "+18005550111", "fax": ""})
    assert [change.what for change in found.changes] == ["Phone"]
    payer.refresh_from_db()
    assert (payer.name, payer.phone, payer.fax) == ("Lone Prairie Health Plan", "+18005550111", "5125550199")


@pytest.mark.django_db
def test_two_guides_that_disagree_are_both_kept() -> None:
    taken(WHOLE)
    taken(
        {key: WHOLE[key] for key in ("name", "deadlines_verified")} | {"filing_days": "90", "deadlines_source": "Web"}
    )
    assert list(PayerDeadline.objects.filter(kind="filing").order_by("days").values_list("days", flat=True)) == [90, 95]


@pytest.mark.django_db
def test_a_payer_may_stand_at_several_clearinghouses() -> None:
    elsewhere = {"name": "Lone Prairie", "clearinghouse": "other", "claims_at": "OT1", "claims_enrollment": "to_do"}
    taken(WHOLE, elsewhere, clearinghouses=["waystar", "other"])
    rows = PayerChannel.objects.filter(transaction="837P").order_by("clearinghouse")
    assert list(rows.values_list("clearinghouse", "identifier")) == [("other", "OT1"), ("waystar", "WS001")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (WHOLE | {"clearinghouse": "nobody"}, 'clearinghouse: "nobody" is not one that you use: waystar.'),
        ({"name": "Nobody knows"}, 'claims_id is empty, and "Nobody knows" is not a payer on file'),
        ({"name": "Third", "claims_id": "TWICE"}, 'claims_id: "TWICE" is the ID of several payers.'),
        (WHOLE | {"phone": "+18005550999"}, "phone: line 2 says otherwise of the same payer."),
        (WHOLE | {"claims_enrollment": "to_do"}, "837P at waystar: line 2 says otherwise of the same payer."),
        (WHOLE | {"filing_days": "96"}, "filing by Provider manual, chapter 7: line 2 says otherwise"),
        (
            {"name": "First", "clearinghouse": "waystar", "claims_at": "W2"},
            "The enrollment for 837P at waystar is not on file yet",
        ),
    ],
)
def test_one_line_that_cannot_be_taken_refuses_the_whole_file(row: dict[str, str], reason: str) -> None:
    PayerFactory(name="First", claims_id="TWICE")
    PayerFactory(name="Second", claims_id="TWICE")
    (problem,) = refused(WHOLE, row)
    assert problem.line == 3
    assert reason in problem.reason
    assert Payer.objects.count() == 2
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_large_file_is_compared_in_the_queries_of_a_small_one(django_assert_num_queries: Any) -> None:
    rows = [WHOLE | {"name": f"Payer {number}", "claims_id": f"P{number:04d}"} for number in range(200)]
    with django_assert_num_queries(3):
        assert len(preview_payers(text=csv(*rows), clearinghouses=["waystar"]).added) == 200


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            "name,claims_enrolment",
            "This column is not known: claims_enrolment (claims_enrollment?). Rename or take out",
        ),
        ("name,remarks,claims_id", "This column is not known: remarks. Rename or take out"),
        ("name,claims_id,Claims_ID", "The column claims_id stands twice."),
    ],
)
def test_a_column_that_would_be_lost_refuses_the_file(header: str, reason: str) -> None:
    (problem,) = read_payers(f"{header}\nLone Prairie,LPHP1,\n").problems
    assert problem.line == 1
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize("text", ["name,\nLone Prairie,LPHP1\n", "name\nPrairie, Lone\n"])
def test_a_cell_without_a_column_refuses_its_line(text: str) -> None:
    (problem,) = read_payers(text).problems
    assert (problem.line, problem.reason.partition(":")[0]) == (2, "A cell of it stands in a column without a name")


def test_empty_cells_without_a_column_are_passed_over() -> None:
    assert [payer.fields["name"] for payer in read_payers("name,,\nLone Prairie,,,\n").payers] == ["Lone Prairie"]
