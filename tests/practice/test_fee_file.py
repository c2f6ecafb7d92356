"""A fee schedule as CSV: read row by row, compared with what stands, taken in whole or not at all."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.practice.models import FeeScheduleLine
from apps.practice.rules.csv_file import Problem
from apps.practice.rules.fee_file import Difference, Fee, difference, read_fees
from apps.practice.services import FeesRefusedError, import_fees
from tests.factories.practice import PayerFactory, UserFactory

NOW = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
HEADER = "procedure,modifier,allowed,effective,ends\n"
FIRST = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("row", "fee"),
    [
        ("99213,,80.00,2026-01-01,", Fee("99213", "", Decimal("80.00"), FIRST)),
        ("99213,25,80.5,01/01/2026,12/31/2026", Fee("99213", "25", Decimal("80.50"), FIRST, date(2026, 12, 31))),
        ('g0439, gt ,"$1,180.00",2026-01-01,', Fee("G0439", "GT", Decimal("1180.00"), FIRST)),
        ("0001F,,80,2026-01-01,2026-01-01", Fee("0001F", "", Decimal("80.00"), FIRST, FIRST)),
        ("99213,,80.00,2026-01-01", Fee("99213", "", Decimal("80.00"), FIRST)),
    ],
)
def test_a_row_is_a_price(row: str, fee: Fee) -> None:
    assert read_fees(HEADER + row).fees == (fee,)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9921,,80.00,2026-01-01,", "five characters"),
        ("99213,2,80.00,2026-01-01,", "two characters"),
        ("99213,,eighty,2026-01-01,", "not an amount"),
        ("99213,,,2026-01-01,", "not an amount"),
        ("99213,,NaN,2026-01-01,", "above zero"),
        ("99213,,0,2026-01-01,", "above zero"),
        ("99213,,-5,2026-01-01,", "above zero"),
        ("99213,,80.005,2026-01-01,", "fractions"),
        ("99213,,80.00,1.1.2026,", "not a date"),
        ("99213,,80.00,2026-02-30,", "not a date"),
        ("99213,,80.00,,", "missing"),
        ("99213,,80.00,2026-01-01,2025-12-31", "before it begins"),
    ],
)
def test_a_bad_row_is_told_by_line_and_reason(row: str, reason: str) -> None:
    found = read_fees(f"{HEADER}99214,,90.00,2026-01-01,\n{row}\n").problems
    assert [problem.line for problem in found] == [3]
    assert reason in found[0].reason


def test_a_price_that_stands_twice_is_told() -> None:
    found = read_fees(f"{HEADER}99213,,80.00,2026-01-01,\n\n99213,,81.00,2026-01-01,\n")
    assert found.problems == (Problem(4, "The procedure, modifier and first day stand in an earlier line."),)


def test_columns_may_come_in_any_order_behind_a_byte_order_mark() -> None:
    text = "\ufeffEffective, Allowed ,,Procedure\r\n2026-01-01,80.00,,99213\r\n"
    assert read_fees(text).fees == (Fee("99213", "", Decimal("80.00"), FIRST),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "procedure is missing"),
        ("procedure,effective\n", "allowed is missing"),
        (HEADER, "no rows"),
        (HEADER + '"' + "9" * 200_000, "not CSV"),
    ],
)
def test_a_file_of_another_shape_is_told(text: str, reason: str) -> None:
    found = read_fees(text)
    assert found.fees == ()
    assert reason in found.problems[0].reason


def test_the_difference_is_what_is_new_changed_same_and_not_named() -> None:
    same, old, gone = (Fee(code, "", Decimal(80), FIRST) for code in ("99211", "99212", "99213"))
    new, fresh = Fee("99212", "", Decimal(85), FIRST), Fee("99214", "", Decimal(90), FIRST)
    assert difference([same, new, fresh], [same, old, gone]) == Difference((fresh,), ((old, new),), 1, 1)


@pytest.mark.django_db
def test_a_file_comes_in_and_the_same_again_changes_nothing() -> None:
    payer, user = PayerFactory(), UserFactory()
    text = f"{HEADER}99213,,80.00,2026-01-01,\n99214,25,90.00,2026-01-01,2026-12-31\n"
    found = import_fees(payer=payer, text=text, source="Exhibit B", acting_user=user, now=NOW)
    assert (len(found.added), len(found.changed)) == (2, 0)
    rows = list(FeeScheduleLine.objects.order_by("procedure").values_list("procedure", "modifier", "allowed", "source"))
    assert rows == [("99213", "", Decimal("80.00"), "Exhibit B"), ("99214", "25", Decimal("90.00"), "Exhibit B")]
    again = import_fees(payer=payer, text=text, source="Another name", acting_user=user, now=NOW)
    assert again.is_empty
    assert again.same == 2
    assert set(FeeScheduleLine.objects.values_list("source", flat=True)) == {"Exhibit B"}
    event = AuditEvent.objects.get(action="import_fees")
    assert (event.actor, event.subject_public_id, event.detail["added"]) == (user, payer.public_id, 2)


@pytest.mark.django_db
def test_a_changed_price_is_changed_in_its_place_and_others_stay() -> None:
    payer, other = PayerFactory(), PayerFactory()
    for each in (payer, other):
        text = f"{HEADER}99213,,80.00,2026-01-01,\n99214,,90.00,2026-01-01,\n"
        import_fees(payer=each, text=text, source="Exhibit B", acting_user=None, now=NOW)
    text = f"{HEADER}99213,,82.00,2026-01-01,2026-12-31\n"
    found = import_fees(payer=payer, text=text, source="Amendment 1", acting_user=None, now=NOW)
    assert [(old.allowed, new.allowed) for old, new in found.changed] == [(Decimal(80), Decimal(82))]
    assert found.unnamed == 1
    rows = FeeScheduleLine.objects.filter(payer=payer).order_by("procedure")
    assert list(rows.values_list("allowed", "source")) == [
        (Decimal("82.00"), "Amendment 1"),
        (Decimal("90.00"), "Exhibit B"),
    ]
    assert set(other.fee_schedule.values_list("source", flat=True)) == {"Exhibit B"}


@pytest.mark.django_db
def test_of_a_file_with_one_bad_row_nothing_comes_in() -> None:
    text = f"{HEADER}99213,,80.00,2026-01-01,\n99214,,x,2026-01-01,\n"
    with pytest.raises(FeesRefusedError) as refusal:
        import_fees(payer=PayerFactory(), text=text, source="", acting_user=None, now=NOW)
    assert [problem.line for problem in refusal.value.problems] == [3]
    assert not FeeScheduleLine.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_price_list_with_an_unknown_column_is_told_what_to_do() -> None:
    (problem,) = read_fees("procedure,allowed,effective,end\n99213,80,2026-01-01,2026-12-31\n").problems
    assert problem.reason.startswith(
        "This column is not known: end (ends?). Rename or take out what is not to be read."
    )
