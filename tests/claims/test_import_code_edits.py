"""`import_ncci` and `import_mue`: CMS's files as they are, good and bad."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.audit.models import AuditEvent
from apps.automations.outcomes import outcome_words
from apps.claims.models import CodePair, PairReason, UnitEdition, UnitLimit
from apps.core.models import JobRun

pytestmark = pytest.mark.django_db

# As CMS writes it: a notice, then column names over several lines.
PTP_HEADING = (
    "A notice of whoever owns the codes.\r\n"
    "Column1/Column2 Edits\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
RECURRING = (
    "11042\t97597\t\t20100101\t20191231\t0\tMore extensive procedure\r\n"
    "11042\t97597\t\t20200101\t20200101\t9\tMore extensive procedure\r\n"
    "11042\t97597\t\t20210101\t*\t1\tMisuse of column two code\r\n"
)
OLDEST = "80053\t80048\t*\t19960101\t*\t0\tCPT Manual or CMS manual coding instruction\r\n"

MUE_HEADING = '"A notice, with a comma"\r\n"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n'
MUE_ROWS = (
    "99213,1,3 Date of Service Edit: Clinical,Clinical: Data\r\n"
    '0001U,1,2 Date of Service Edit: Policy,"Policy: a, b"\r\n'
    "J1100,120,1 Line Edit,Prescribing Information\r\n"
)
OCTOBER = "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv"


def run(command: str, *arguments: object) -> tuple[list[str], int]:
    out = StringIO()
    try:
        call_command(command, *(str(argument) for argument in arguments), stdout=out)
    except SystemExit as leaving:
        return out.getvalue().splitlines(), int(str(leaving.code))
    return out.getvalue().splitlines(), 0


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "ccipra-v323r0-f1.TXT"
    path.write_bytes((PTP_HEADING + RECURRING + OLDEST).encode())
    return path


@pytest.fixture
def limits(tmp_path: Path) -> Path:
    path = tmp_path / OCTOBER
    path.write_bytes((MUE_HEADING + MUE_ROWS).encode())
    return path


def stored() -> list[tuple[object, ...]]:
    rows = CodePair.objects.order_by("column_1", "effective_on")
    return list(rows.values_list("column_1", "column_2", "effective_on", "ends_on", "indicator", "reason__text"))


def test_pairs_come_in_with_their_dates_and_the_heading_is_no_row(pairs: Path) -> None:
    said, status = run("import_ncci", pairs)
    assert (said, status) == (
        ["1 of 1 files taken in: 4 pairs, 4 added, 0 changed, 0 as before, 0 repeated, 0 refused."], 0
    )  # fmt: skip
    misuse, extensive = "Misuse of column two code", "More extensive procedure"
    assert stored() == [
        ("11042", "97597", date(2010, 1, 1), date(2019, 12, 31), "0", extensive),
        ("11042", "97597", date(2020, 1, 1), date(2020, 1, 1), "9", extensive),
        ("11042", "97597", date(2021, 1, 1), None, "1", misuse),
        ("80053", "80048", date(1996, 1, 1), None, "0", "CPT Manual or CMS manual coding instruction"),
    ]
    event = AuditEvent.objects.get(action="import_ncci")
    assert (event.detail["source"], event.detail["added"]) == (pairs.name, 4)


def test_the_same_file_again_adds_and_changes_nothing(pairs: Path) -> None:
    run("import_ncci", pairs)
    before = stored()
    said, status = run("import_ncci", pairs)
    assert (said[-1], status) == (
        "1 of 1 files taken in: 4 pairs, 0 added, 0 changed, 4 as before, 0 repeated, 0 refused.", 0
    )  # fmt: skip
    assert stored() == before


def test_the_next_quarter_ends_a_pair_and_adds_another(pairs: Path, tmp_path: Path) -> None:
    run("import_ncci", pairs)
    later = tmp_path / "ccipra-v324r0-f1.TXT"
    ended = (RECURRING + OLDEST).replace("19960101\t*\t0", "19960101\t20261231\t0")
    later.write_text(PTP_HEADING + ended + "A0001\tA0002\t\t20270101\t*\t1\tMisuse of column two code\n")
    said, status = run("import_ncci", later)
    assert (said[-1], status) == (
        "1 of 1 files taken in: 5 pairs, 1 added, 1 changed, 3 as before, 0 repeated, 0 refused.", 0
    )  # fmt: skip
    assert CodePair.objects.get(column_1="80053").ends_on == date(2026, 12, 31)
    assert PairReason.objects.count() == 3


def test_a_bad_row_is_told_by_line_and_reason_and_the_others_come_in(tmp_path: Path) -> None:
    path = tmp_path / "ccipra.txt"
    bad = [
        "11042\tWORDS\t\t20210101\t*\t1\tx",
        "11042\t97602\t\t20211301\t*\t1\tx",
        "11042\t97602\t\t2021-1-1\t*\t1\tx",
        "11042\t97602\t\t20210101\t20201231\t1\tx",
        "11042\t97602\t\t20210101\t*\t2\tx",
        "",
        "11042\t97605\t\t20210101\t*\t1\twith a \0 sign",
        "11042\t976",
    ]
    path.write_text(RECURRING.replace("\r\n", "\n") + "\n".join(bad))
    said, status = run("import_ncci", path)
    assert status == 1
    assert set(said[:-1]) == {
        "ccipra.txt: refused      1  The code of column 2 is not a CPT or HCPCS code. (line 4)",
        "ccipra.txt: refused      2  The effective date is not a day written yyyymmdd. (line 5, 6)",
        "ccipra.txt: refused      1  The pair ends before it begins. (line 7)",
        "ccipra.txt: refused      1  The modifier indicator is not 0, 1 or 9. (line 8)",
        "ccipra.txt: refused      1  The row has fewer than six columns. (line 11)",
    }
    assert said[-1] == "1 of 1 files taken in: 4 pairs, 4 added, 0 changed, 0 as before, 0 repeated, 6 refused."
    assert CodePair.objects.count() == 4


def test_of_many_bad_rows_the_first_lines_are_named_and_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "ccipra.txt"
    path.write_text(OLDEST + "11042\t97602\n" * 25)
    said, status = run("import_ncci", path)
    lines = ", ".join(str(number) for number in range(2, 22))
    assert said[0] == f"ccipra.txt: refused     25  The row has fewer than six columns. (line {lines}, ...)"
    assert (said[1].endswith("1 added, 0 changed, 0 as before, 0 repeated, 25 refused."), status) == (True, 1)


def test_of_a_pair_twice_from_one_day_the_longest_in_force_counts_and_never_a_deleted_one(tmp_path: Path) -> None:
    path = tmp_path / "ccipra.txt"
    path.write_text(
        "11042\t97597\t\t20210101\t20210331\t1\tx\n11042\t97597\t\t20210101\t*\t9\tx\n11042\t97597\t\t20210101\t20211231\t0\tx\n"
    )
    for added in (1, 0):
        said, status = run("import_ncci", path)
        assert (
            said[-1].endswith(f"{added} added, 0 changed, {1 - added} as before, 2 repeated, 0 refused."),
            status,
        ) == (True, 0)
    assert stored() == [("11042", "97597", date(2021, 1, 1), date(2021, 12, 31), "0", "x")]


@pytest.mark.parametrize("content", [b"", b"one line of words", "Größe".encode("utf-16"), bytes(range(256)) * 200])
def test_what_is_no_such_file_is_said_so_and_changes_nothing(content: bytes, tmp_path: Path, pairs: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_bytes(content)
    said, status = run("import_ncci", path, tmp_path / "missing.txt", pairs)
    assert (said[:2], status) == (
        ["wrong.txt: It has no row of this layout. Nothing was changed.", "missing.txt: It cannot be read: No such file or directory."],
        1,
    )  # fmt: skip
    assert said[2] == "1 of 3 files taken in: 4 pairs, 4 added, 0 changed, 0 as before, 0 repeated, 0 refused."


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("import_ncci", "ccioph-v323r0-f1.TXT"),
        ("import_mue", "MCR_MUE_OutpatientHospitalServices_Eff_10-01-2026.csv"),
        ("import_mue", "MCR_MUE_DMESupplierServices_Eff_10-01-2026.csv"),
    ],
)
def test_the_tables_of_hospitals_and_suppliers_are_not_taken(command: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(RECURRING)
    said, status = run(command, path)
    assert status == 1
    assert said[0].endswith("This is the table of hospitals or suppliers; a practice needs the practitioners' one.")
    assert not CodePair.objects.exists()


def test_limits_come_in_by_edition(limits: Path, tmp_path: Path) -> None:
    said, status = run("import_mue", limits)
    assert (said, status) == (
        ["1 of 1 files taken in: 3 limits, 3 added, 0 changed, 0 as before, 0 repeated, 0 refused."], 0
    )  # fmt: skip
    rows = UnitLimit.objects.order_by("code").values_list(
        "edition__effective_on", "code", "most", "adjudication", "reason"
    )
    assert list(rows) == [
        (date(2026, 10, 1), "0001U", 1, "2", "Policy: a, b"),
        (date(2026, 10, 1), "99213", 1, "3", "Clinical: Data"),
        (date(2026, 10, 1), "J1100", 120, "1", "Prescribing Information"),
    ]
    january = tmp_path / "january.csv"
    january.write_text(MUE_HEADING + MUE_ROWS.replace("99213,1", "99213,2"))
    assert run("import_mue", january, "--effective", "2027-01-01")[1] == 0
    assert list(
        UnitLimit.objects.filter(code="99213").order_by("edition__effective_on").values_list("most", flat=True)
    ) == [1, 2]


def test_limits_again_change_nothing_and_a_corrected_file_changes_what_differs(limits: Path) -> None:
    run("import_mue", limits)
    assert run("import_mue", limits)[0][-1].endswith("0 added, 0 changed, 3 as before, 0 repeated, 0 refused.")
    limits.write_text(MUE_HEADING + MUE_ROWS.replace("J1100,120", "J1100,100") + "99213,9,1 Line Edit,twice\n")
    assert run("import_mue", limits)[0][-1].endswith("0 added, 1 changed, 2 as before, 1 repeated, 0 refused.")
    assert UnitLimit.objects.get(code="J1100").most == 100
    assert UnitLimit.objects.get(code="99213").most == 1


CODES = [str(number) for number in range(99201, 99301)]
ROWS = [f"{code},1,2 Date of Service Edit: Policy,x" for code in CODES]


def test_a_corrected_edition_without_a_code_lifts_its_limit_unless_a_row_could_not_be_read(limits: Path) -> None:
    def told(rows: list[str]) -> str:
        limits.write_text(MUE_HEADING + "".join(f"{row}\n" for row in rows))
        return run("import_mue", limits)[0][-1]

    told(ROWS)
    assert told([*ROWS[:-1], f"{CODES[-1]},many,1 Line Edit,x"]).endswith("99 as before, 0 repeated, 1 refused.")
    assert UnitLimit.objects.count() == 100
    assert told(ROWS[:-1]).endswith("99 as before, 0 repeated, 0 refused, 1 no longer listed.")
    assert set(UnitLimit.objects.values_list("code", flat=True)) == set(CODES[:-1])
    job = JobRun.objects.latest("pk")
    assert job.counts["dropped_limits"] == 1
    assert outcome_words(job) == "1 dropped limit"


def test_an_edition_that_is_cut_near_its_end_lifts_no_limit(limits: Path) -> None:
    """More than two of a hundred are more than a correction takes away."""
    limits.write_text(MUE_HEADING + "".join(f"{row}\n" for row in ROWS))
    run("import_mue", limits)
    limits.write_text(MUE_HEADING + "".join(f"{row}\n" for row in (*ROWS[:-4], "J1100,1,1 Line Edit,x")))
    said, status = run("import_mue", limits)
    assert status == 1
    assert said[0] == (
        f"{OCTOBER}: It lacks 4 of the 100 limits of the edition of 2026-10-01: half a file? Nothing was changed."
    )
    assert set(UnitLimit.objects.values_list("code", flat=True)) == set(CODES)
    limits.write_text(MUE_HEADING + "".join(f"{row}\n" for row in ROWS[:-2]))
    assert run("import_mue", limits)[1] == 0
    assert UnitLimit.objects.count() == 98


def test_bad_limits_are_told_and_the_others_come_in(limits: Path) -> None:
    limits.write_text(MUE_HEADING + MUE_ROWS + "99214,many,1 Line Edit,x\n99215,1,Line Edit,x\nA 1,1,1,x\n99216\n")
    said, status = run("import_mue", limits)
    assert status == 1
    assert [sentence.removeprefix(f"{OCTOBER}: refused      1  ") for sentence in sorted(said[:-1])] == [
        "The adjudication indicator is not 1, 2 or 3. (line 8)",
        "The code is not a CPT or HCPCS code. (line 9)",
        "The row has fewer than three columns. (line 10)",
        "The value is not a number of units. (line 7)",
    ]
    assert UnitLimit.objects.count() == 3


def test_a_quote_that_nobody_closes_is_a_bad_row_and_takes_no_memory(limits: Path) -> None:
    limits.write_text(
        MUE_HEADING + MUE_ROWS + '99214,1,1 Line Edit,"' + "x" * 90 + "\n" + "99215,1,1 Line Edit,x\n" * 7000
    )
    said, status = run("import_mue", limits)
    assert status == 1
    assert said[0].startswith(f"{OCTOBER}: refused      1  The line is not CSV. (line ")
    assert UnitLimit.objects.filter(code="99213").exists()


@pytest.mark.parametrize("name", ["mue.csv", "MUE_Eff_13-01-2026.csv"])
def test_an_edition_without_a_day_is_not_guessed(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(MUE_HEADING + MUE_ROWS)
    said, status = run("import_mue", path)
    assert (status, UnitEdition.objects.count()) == (1, 0)
    assert "Say so: --effective YYYY-MM-DD." in said[0]


def test_an_empty_edition_would_lift_every_limit_and_is_not_made(limits: Path) -> None:
    limits.write_text(MUE_HEADING)
    said, status = run("import_mue", limits)
    assert (status, UnitEdition.objects.count()) == (1, 0)
    assert said[0] == f"{OCTOBER}: It has no row of this layout. Nothing was changed."


def test_half_an_edition_would_lift_the_limits_that_it_lacks_and_is_not_taken(limits: Path, tmp_path: Path) -> None:
    run("import_mue", limits)
    half = tmp_path / "half.csv"
    half.write_text(MUE_HEADING + MUE_ROWS.splitlines(keepends=True)[0])
    said, status = run("import_mue", half, "--effective", "2027-01-01")
    assert status == 1
    assert said[0] == (
        "half.csv: It has 1 limits and the edition of 2026-10-01 has 3: half a file? Nothing was changed."
    )
    assert list(UnitEdition.objects.values_list("effective_on", flat=True)) == [date(2026, 10, 1)]
    assert run("import_mue", half, "--effective", "2026-07-01")[1] == 0


def test_a_file_of_pairs_with_holes_is_not_taken_and_one_of_other_codes_is(pairs: Path, tmp_path: Path) -> None:
    run("import_ncci", pairs)
    holes = tmp_path / "ccipra-v324r0-f1.TXT"
    holes.write_text(PTP_HEADING + RECURRING.replace("\r\n", "\n").splitlines(keepends=True)[2] + OLDEST)
    said, status = run("import_ncci", holes)
    assert status == 1
    assert said[0] == (
        f"{holes.name}: It has 2 pairs and what is known between its first code and its last has 4: half a file? Nothing was changed."
    )
    other = tmp_path / "ccipra-v324r0-f2.TXT"
    other.write_text(OLDEST.replace("80053", "90000"))
    assert run("import_ncci", other)[1] == 0
    assert CodePair.objects.count() == 5
