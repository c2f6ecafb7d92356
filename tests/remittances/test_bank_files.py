"""A bank's file: what comes in, what is refused, and the command."""

import json
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import AuditEvent
from apps.automations.steps import STEPS
from apps.connectors.models import Transmission
from apps.connectors.tables import UnreadableFileError
from apps.remittances.models import BankAccount, BankFile, BankLine
from apps.remittances.rules.bank_rows import BankLayout, UnknownColumnsError
from apps.remittances.services import (
    BankFileReading,
    NoAccountError,
    import_bank_file,
    preview_bank_file,
    save_account,
)
from tests.factories.deposits import bank_file, bank_row, posted_payment

pytestmark = pytest.mark.django_db
OWN_HEADER = "Posted;Details;Money in;Money out"
OWN = BankLayout({"date": "Posted", "description": "Details", "credit": "Money in", "debit": "Money out"}, "%d.%m.%Y")
OWN_ROW = "29.09.2026;HCCLAIMPMT;80.00;"


def bring(payload: bytes, now: datetime, account: str = "", name: str = "bank.csv") -> BankFileReading:
    return import_bank_file(payload=payload, name=name, account=account, now=now)


def test_good_rows_come_in_and_a_bad_one_is_named_by_line_and_reason(now: datetime) -> None:
    reading = bring(bank_file(bank_row("ACH"), bank_row("RENT", "-900.00"), bank_row("ACH", "ten")), now)
    assert (reading.rows, reading.new, reading.paid_out) == (3, 1, 1)
    file = BankFile.objects.get()
    assert file.problems == [{"line": 4, "reason": "the amount is not an amount in dollars and cents"}]
    assert file.counts == {"rows": 3, "credits": 1, "known_credits": 0, "paid_out": 1, "refused_rows": 1}
    line = BankLine.objects.get()
    assert (line.row, line.amount, line.account.name) == (2, Decimal("100.00"), "Bank account")
    assert Transmission.objects.get(kind="bank").state == "processed"
    assert AuditEvent.objects.get(action="import_bank_file").detail == {"rows": 3, "credits": 1, "refused_rows": 1}


def test_the_same_file_twice_adds_nothing_under_any_name(now: datetime) -> None:
    payload = bank_file(bank_row("ACH"), bank_row("ACH"))
    assert (bring(payload, now).new, bring(payload, now, name="again.csv")) == (
        2,
        BankFileReading(
            "Bank account",
            2,
            new=0,
            known=2,
            paid_out=0,
            problems=(),
            file=BankFile.objects.get().public_id,
            repeated=True,
        ),
    )
    assert (BankLine.objects.count(), Transmission.objects.filter(kind="bank").count()) == (2, 1)


def test_of_files_that_overlap_each_credit_comes_in_once(now: datetime) -> None:
    bring(bank_file(bank_row("ACH"), bank_row("WIRE")), now)
    reading = bring(bank_file(bank_row("WIRE"), bank_row("ACH"), bank_row("ACH"), bank_row("NEW")), now)
    assert (reading.new, reading.known) == (2, 2)
    assert sorted(BankLine.objects.values_list("text", "ordinal")) == [("ACH", 1), ("ACH", 2), ("NEW", 1), ("WIRE", 1)]


def test_the_same_row_of_two_accounts_is_two_credits_and_the_same_file_is_refused_to_the_second(now: datetime) -> None:
    bring(bank_file(bank_row("ACH")), now, account="Payers")
    bring(bank_file(bank_row("ACH"), ""), now, account="Lockbox")
    assert BankLine.objects.count() == 2
    with pytest.raises(NoAccountError, match="came in before, for the account Payers"):
        bring(bank_file(bank_row("ACH")), now, account="Lockbox")


def test_a_cell_that_a_spreadsheet_would_calculate_is_kept_as_text(now: datetime) -> None:
    bring(bank_file(bank_row('"=HYPERLINK(""http://x"")"', reference="@A1")), now)
    assert BankLine.objects.values_list("text", "reference").get() == ('\'=HYPERLINK("http://x")', "'@A1")


def test_a_file_is_read_by_the_saved_mapping_whose_columns_it_has(now: datetime) -> None:
    save_account(name="First Bank", layout=OWN, acting_user=None, now=now)
    reading = bring(bank_file(OWN_ROW, "30.09.2026;Rent;;900.00", header=OWN_HEADER), now)
    assert (reading.account, reading.new, reading.paid_out) == ("First Bank", 1, 1)
    save_account(name="First Bank", layout=OWN, acting_user=None, now=now)
    assert BankAccount.objects.count() == 1
    assert AuditEvent.objects.filter(action="save_bank_account").count() == 2


def test_an_account_that_is_not_clear_is_asked_for(now: datetime) -> None:
    with pytest.raises(NoAccountError, match="No account fits this file; name one: none is saved"):
        bring(bank_file(OWN_ROW, header=OWN_HEADER), now)
    with pytest.raises(NoAccountError, match="There is no account called First; known: none is saved"):
        bring(bank_file(OWN_ROW, header=OWN_HEADER), now, account="First")
    for name in ("First", "Second"):
        save_account(name=name, layout=OWN, acting_user=None, now=now)
    with pytest.raises(NoAccountError, match="Several accounts fit this file; name one: First, Second"):
        bring(bank_file(OWN_ROW, header=OWN_HEADER), now)
    assert bring(bank_file(OWN_ROW, header=OWN_HEADER), now, account="second").account == "Second"
    with pytest.raises(UnknownColumnsError, match="The file lacks columns"):
        bring(bank_file(bank_row("ACH")), now, account="First")
    assert not Transmission.objects.exclude(bank_file__account__name="Second").exists()


@pytest.mark.parametrize("payload", [b"", b"\x00\x01", b"no header at all"])
def test_what_is_no_table_is_refused_and_not_stored(payload: bytes, now: datetime) -> None:
    with pytest.raises(UnreadableFileError):
        bring(payload, now)
    assert not Transmission.objects.exists()


def test_an_account_without_a_name_or_with_unknown_columns_is_not_saved(now: datetime) -> None:
    with pytest.raises(UnknownColumnsError, match="Name the account"):
        save_account(name=" ", layout=OWN, acting_user=None, now=now)
    with pytest.raises(UnknownColumnsError, match="lacks required"):
        save_account(name="First", layout=BankLayout({}), acting_user=None, now=now)


def test_a_look_keeps_nothing(now: datetime) -> None:
    reading = preview_bank_file(payload=bank_file(bank_row("ACH"), bank_row("ACH", "x")), now=now)
    assert (reading.new, len(reading.problems), reading.file) == (1, 1, "")
    assert not Transmission.objects.exists()
    assert not BankAccount.objects.exists()


def test_a_mended_row_comes_in_with_the_next_file(now: datetime) -> None:
    bring(bank_file(bank_row("ACH"), bank_row("WIRE", "x")), now)
    assert bring(bank_file(bank_row("ACH"), bank_row("WIRE", "7.00")), now).new == 1


NUMBERED = bank_file(bank_row("ACH", reference="EFT1"), bank_row("ACH", reference="EFT2"), bank_row("WIRE"))
WITHOUT = BankLayout({"date": "Date", "description": "Description", "amount": "Amount"})
WITH = BankLayout({**WITHOUT.columns, "reference": "Reference"})


@pytest.mark.parametrize("overlapping", [False, True])
def test_a_reference_that_the_mapping_names_only_later_is_told_of_the_credits_that_are_there(
    overlapping: bool, now: datetime
) -> None:
    save_account(name="First Bank", layout=WITHOUT, acting_user=None, now=now)
    bring(NUMBERED, now)
    save_account(name="First Bank", layout=WITH, acting_user=None, now=now)
    rows = [bank_row("ACH", reference="EFT3")] if overlapping else []
    reading = bring(NUMBERED + "\r\n".join(rows).encode(), now)
    assert (reading.new, reading.known) == (len(rows), 3)
    said = sorted(BankLine.objects.values_list("text", "reference"))
    assert said == sorted([("ACH", "EFT1"), ("ACH", "EFT2"), ("WIRE", ""), *(("ACH", "EFT3") for _ in rows)])
    assert bring(NUMBERED, now).new == 0


def test_a_reference_that_the_mapping_no_longer_names_makes_no_second_credit(now: datetime) -> None:
    save_account(name="First Bank", layout=WITH, acting_user=None, now=now)
    bring(NUMBERED, now)
    save_account(name="First Bank", layout=WITHOUT, acting_user=None, now=now)
    assert (bring(NUMBERED, now).new, BankLine.objects.count()) == (0, 3)
    assert sorted(BankLine.objects.values_list("reference", flat=True)) == ["", "EFT1", "EFT2"]


# --- The command ---------------------------------------------------------------------------------------------------------------


def run(*arguments: object) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command(*(str(argument) for argument in arguments), stdout=out)
    except SystemExit as leaving:
        return out.getvalue(), int(str(leaving.code))
    return out.getvalue(), 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "bank.csv"
    found.write_bytes(bank_file("09/29/2026,HCCLAIMPMT EFT42,100.00,"))
    return found


def test_the_command_takes_a_file_in_and_matches_it(path: Path) -> None:
    posted_payment("EFT42")
    assert run("import_bank_file", path) == (
        "Bank account: 1 rows, 1 credits new, 0 known, 0 not credits, 0 refused. 1 matched, 0 to confirm, 0 alerts.\n",
        0,
    )
    out, status = run("import_bank_file", path)
    assert (out.startswith("Bank account: 1 rows, 0 credits new, 1 known"), status) == (True, 0)


def test_a_dry_run_keeps_nothing(path: Path) -> None:
    out, status = run("import_bank_file", path, "--dry-run")
    assert (out.endswith("Nothing was kept.\n"), status, BankLine.objects.count()) == (True, 0, 0)


def test_refused_rows_are_named_and_fail_the_command(path: Path) -> None:
    path.write_bytes(bank_file(bank_row("ACH", "x"), bank_row("ACH", "y"), bank_row("ACH", "1.00")))
    out, status = run("import_bank_file", path)
    assert status == 1
    assert "refused      2  the amount is not an amount in dollars and cents (line 2, 3)" in out
    assert BankLine.objects.count() == 1


def test_a_mapping_is_saved_by_the_command(path: Path, tmp_path: Path) -> None:
    path.write_bytes(bank_file(OWN_ROW, header=OWN_HEADER))
    layout = tmp_path / "layout.json"
    layout.write_text(json.dumps({"columns": dict(OWN.columns), "date_format": OWN.date_format}))
    out, status = run("import_bank_file", path, "--account", "First Bank", "--save-mapping", layout)
    assert (out.startswith("First Bank: 1 rows, 1 credits new"), status) == (True, 0)


@pytest.mark.parametrize(
    ("layout", "why"),
    [("[]", "is not a layout"), ('{"columns": {"day": "D"}}', "do not exist: day"), ("{", "not a layout")],
)
def test_a_layout_that_is_none_is_said(path: Path, tmp_path: Path, layout: str, why: str) -> None:
    told = tmp_path / "layout.json"
    told.write_text(layout)
    with pytest.raises(CommandError, match=why):
        run("import_bank_file", path, "--account", "First Bank", "--save-mapping", told)


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run("import_bank_file", tmp_path / "none.csv")
    large = tmp_path / "large.csv"
    large.write_bytes(b"a,b\n1,2")
    with pytest.raises(CommandError, match="No account fits this file; name one: none is saved"):
        run("import_bank_file", large)
    monkeypatch.setattr("apps.remittances.management.commands.import_bank_file.LARGEST_FILE", 3)
    with pytest.raises(CommandError, match="is larger than"):
        run("import_bank_file", large)


def test_the_step_compares_what_came_in(now: datetime) -> None:
    posted_payment("EFT42")
    bring(bank_file(bank_row("EFT42")), now)
    done = STEPS["reconcile_deposits"]("", now)
    assert dict(done.counts) == {"matched": 1, "proposed": 0, "set aside": 0, "alerts": 0}
    assert done.then == ()


def test_columns_that_are_not_read_are_named(tmp_path: Path, now: datetime) -> None:
    assert set(preview_bank_file(payload=bank_file(bank_row("ACH")), now=now).unread) == set()
    save_account(name="First Bank", layout=OWN, acting_user=None, now=now)
    path = tmp_path / "bank.csv"
    path.write_text(f"{OWN_HEADER};Balance\n{OWN_ROW};1.00\n")
    out, _ = run("import_bank_file", path, "--dry-run")
    assert "unread   column Balance, which the account does not name" in out
