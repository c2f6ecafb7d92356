"""`import_icd10`: CMS's order file as it is, good and bad, and the installed library's release."""

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from apps.audit.models import AuditEvent
from apps.automations.demo import diagnoses
from apps.claims.management import icd10_library
from apps.claims.models import DiagnosisCode, DiagnosisExclusion, DiagnosisRelease
from apps.claims.rules.diagnosis_file import excluded_by, is_manifestation, release_of
from tests.claims.test_import_code_edits import run

pytestmark = pytest.mark.django_db


def row(number: int, code: str, flag: int, words: str = "Words of the table") -> str:
    return f"{number:05} {code:<7} {flag} {words:<60} {words} in full\r\n"


ROWS = (
    row(1, "J01", 0),
    row(2, "J019", 0),
    row(3, "J0190", 1),
    row(4, "J0191", 1),
    row(5, "H42", 1, "Glaucoma in diseases classified elsewhere"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "icd10cm_order_2027.txt"
    path.write_text("".join(ROWS))
    return path


def stored(**of: object) -> list[tuple[object, ...]]:
    return list(
        DiagnosisCode.objects.filter(**of).order_by("code").values_list("code", "billable", "manifestation", "finer")
    )


def test_a_file_comes_in_with_the_days_that_its_name_tells_and_the_same_again_changes_nothing(file: Path) -> None:
    said, status = run("import_icd10", file)
    assert said == ["1 of 1 files taken in: 5 codes, 5 added, 0 changed, 0 as before, 0 repeated, 0 refused."]
    assert status == 0
    release = DiagnosisRelease.objects.get()
    assert (release.starts_on, release.ends_on) == (date(2026, 10, 1), date(2027, 9, 30))
    assert stored() == [
        ("H42", True, True, 0),
        ("J01", False, False, 2),
        ("J019", False, False, 2),
        ("J0190", True, False, 0),
        ("J0191", True, False, 0),
    ]
    assert "Words" not in str(AuditEvent.objects.get(action="import_icd10").__dict__)
    said, _ = run("import_icd10", file)
    assert said[-1].endswith("5 codes, 0 added, 0 changed, 5 as before, 0 repeated, 0 refused.")


def test_a_corrected_file_changes_what_differs(file: Path) -> None:
    run("import_icd10", file)
    file.write_text("".join((*ROWS[:3], row(4, "J0191", 0), row(5, "J01911", 1))))
    said, _ = run("import_icd10", file)
    assert said[-1].endswith("5 codes, 1 added, 2 changed, 2 as before, 0 repeated, 0 refused.")
    assert [code for code, *_ in stored(billable=True)] == ["J0190", "J01911"]


def test_rows_that_cannot_be_taken_are_told_and_the_others_come_in(file: Path) -> None:
    file.write_text("".join((*ROWS, "half a li", "\r\n", row(6, "9999999", 1), ROWS[2])))
    said, status = run("import_icd10", file)
    assert status == 1
    assert sorted(said[:-1]) == [
        "icd10cm_order_2027.txt: refused      1  The code has a row already. (line 8)",
        "icd10cm_order_2027.txt: refused      1  The code is not an ICD-10-CM code. (line 7)",
        "icd10cm_order_2027.txt: refused      1  The row is not of CMS's layout: order number, code, 0 or 1. (line 6)",
    ]
    assert said[-1].startswith("1 of 1 files taken in: 5 codes, 5 added")


def test_a_code_of_one_side_is_told_by_the_other_that_stands_beside_it(file: Path) -> None:
    sided = (
        row(1, "H0001", 0, "Hordeolum externum right eye"),
        row(2, "H00011", 1, "Hordeolum externum right upper eyelid"),
        row(3, "H00014", 1, "Hordeolum externum left upper eyelid"),
        row(4, "H0002", 0, "Hordeolum externum left eye"),
        row(5, "H25013", 1, "Cortical age-related cataract, bilateral"),
        row(6, "H544", 1, "Blindness right eye, low vision left eye"),
        row(7, "I447", 1, "Left bundle-branch block, unspecified"),
        row(8, "I501", 1, "Left ventricular failure, unspecified"),
        row(9, "I50810", 1, "Right heart failure, unspecified"),
        row(10, "R059", 1, "Cough"),
        row(11, "H543", 1, "Unqualified visual loss, both eyes"),
        row(12, "I83211", 1, "Varicose veins of right leg with both ulcer and pain"),
        row(13, "I83221", 1, "Varicose veins of left leg with both ulcer and pain"),
    )
    file.write_text("".join(sided))
    run("import_icd10", file)
    sides = dict(DiagnosisCode.objects.values_list("code", "side"))
    assert {code: side for code, side in sides.items() if side} == {
        "H0001": "R", "H00011": "R", "H00014": "L", "H0002": "L", "H25013": "B",
        "H543": "B", "I83211": "R", "I83221": "L",
    }  # fmt: skip
    DiagnosisCode.objects.update(side="")
    assert "8 changed" in run("import_icd10", file)[0][0]


def test_half_a_file_is_refused_and_keeps_nothing(file: Path, tmp_path: Path) -> None:
    run("import_icd10", file)
    half = tmp_path / "icd10cm_order_2028.txt"
    half.write_text("".join(ROWS[:4]))
    said, status = run("import_icd10", half)
    assert status == 1
    assert said[0] == (
        "icd10cm_order_2028.txt: It has 4 codes and the release of 2026-10-01 has 5: half a file? Nothing was changed."
    )
    assert DiagnosisRelease.objects.count() == 1


@pytest.mark.parametrize("content", ["", "nothing of the kind\r\n"])
def test_a_file_without_codes_makes_no_release(file: Path, content: str) -> None:
    file.write_text(content)
    said, status = run("import_icd10", file)
    assert (said[0], status) == ("icd10cm_order_2027.txt: It has no row of this layout. Nothing was changed.", 1)
    assert not DiagnosisRelease.objects.exists()


def test_a_file_whose_name_tells_nothing_needs_its_days(file: Path) -> None:
    nameless = file.rename(file.with_name("order.txt"))
    said, status = run("import_icd10", nameless)
    assert (said[0][:36], status) == ("order.txt: Its name does not tell fr", 1)
    run("import_icd10", nameless, "--effective", "2027-04-01")
    run("import_icd10", nameless, "--effective", "2027-10-01", "--until", "2028-03-31")
    assert list(DiagnosisRelease.objects.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2027, 4, 1), date(2027, 9, 30)),
        (date(2027, 10, 1), date(2028, 3, 31)),
    ]


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("icd10cm_order_2027.txt", (date(2026, 10, 1), date(2027, 9, 30))),
        ("icd10cm-order-April-2026.txt", (date(2026, 4, 1), date(2026, 9, 30))),
        ("code-list-April-2026.txt", (date(2026, 4, 1), date(2026, 9, 30))),
        ("order.txt", None),
    ],
)
def test_a_name_tells_the_days_of_its_release(name: str, days: tuple[date, date] | None) -> None:
    assert release_of(name) == days


@pytest.mark.parametrize(
    ("note", "codes"),
    [
        ("listeriosis (A32.-)", [("A32", "A32")]),
        ("some infection (A04.0-A04.4)", [("A040", "A044")]),
        ("toxic effect (T61-T62)", [("T61", "T62")]),
        ("influenza (J09.X3, J10.2, J11.2)", [("J09X3", "J09X3"), ("J102", "J102"), ("J112", "J112")]),
        ("a condition (acute) of pregnancy (O98.1-)", [("O981", "O981")]),
        ("see body system-related chapters", []),
    ],
)
def test_a_note_names_its_codes_in_brackets(note: str, codes: list[tuple[str, str]]) -> None:
    assert list(excluded_by(note)) == codes


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("Glaucoma in diseases classified elsewhere", True),
        ("Dementia in other diseases classified elsewhere, mild", True),
        ("Myositis in infectious diseases classified elsewhere", True),
        ("Penicillin susceptible germs as the cause of diseases classified elsewhere", False),
        ("Acute sinusitis, unspecified", False),
    ],
)
def test_a_manifestation_says_so_in_its_words(words: str, is_one: bool) -> None:
    assert is_manifestation(words) is is_one


class Library(ModuleType):
    """What we ask of simple-icd-10-cm, in small: a chapter, a block that bears its category's name, codes and notes."""

    tree = {
        "10": ("J00-J06", "J99"),
        "J00-J06": ("J01",),
        "J99": (),
        "J01": ("J0190", "J0191"),
        "J0190": (),
        "J0191": (),
    }
    notes = {"10": ["a note (P00-P96)"], "J01": ["chronic sinusitis (J32.0-J32.8)"]}

    def get_all_codes(self, with_dots: bool) -> list[str]:
        assert not with_dots
        return ["10", "J00-J06", "J01", "J0190", "J0191", "J99", "J99"]

    def is_category_or_subcategory(self, code: str) -> bool:
        return code[0] == "J" and "-" not in code

    def is_category(self, code: str) -> bool:
        return len(code) == 3

    def is_chapter_or_block(self, code: str) -> bool:
        return code in {"10", "J00-J06"}

    def is_leaf(self, code: str) -> bool:
        return not self.tree[code]

    def get_description(self, code: str) -> str:
        return "In diseases classified elsewhere" if code == "J99" else "Words"

    def get_excludes1(self, code: str, prioritize_blocks: bool = False) -> list[str]:
        assert prioritize_blocks is (code in {"10", "J00-J06"})
        return self.notes.get(code, [])

    def get_descendants(self, code: str, prioritize_blocks: bool) -> list[str]:
        assert (code, prioritize_blocks) == ("10", True)
        return ["J00-J06", "J01", "J0190", "J0191", "J99"]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "small"
    data.mkdir()
    (data / "__init__.py").touch()
    (data / "code-list-April-2026.txt").touch()
    package = ModuleType("simple_icd_10_cm.data")
    package.__path__ = [str(data)]
    package.__spec__ = None
    monkeypatch.setitem(sys.modules, "simple_icd_10_cm", Library("simple_icd_10_cm"))
    monkeypatch.setattr(icd10_library.resources, "files", lambda _name: data)
    return data


def test_the_librarys_release_comes_in_with_its_notes(library: Path) -> None:
    said, status = run("import_icd10")
    assert said == ["1 of 1 files taken in: 4 codes, 4 added, 0 changed, 0 as before, 0 repeated, 0 refused."]
    assert status == 0
    assert stored() == [
        ("J01", False, False, 2),
        ("J0190", True, False, 0),
        ("J0191", True, False, 0),
        ("J99", True, True, 0),
    ]
    assert DiagnosisRelease.objects.get().source == "simple-icd-10-cm, code-list-April-2026.txt"
    notes = DiagnosisExclusion.objects.order_by("code", "first").values_list("code", "first", "last")
    assert list(notes) == [("J01", "J320", "J328"), ("J01", "P00", "P96"), ("J99", "P00", "P96")]


def test_notes_stay_where_a_file_without_any_corrects_the_release(library: Path, file: Path) -> None:
    run("import_icd10")
    run("import_icd10", file.rename(file.with_name("icd10cm_order_April_2026.txt")))
    assert DiagnosisCode.objects.count() == 5
    assert DiagnosisExclusion.objects.count() == 3


def test_a_start_takes_the_librarys_release_in_once_and_undoes_no_correction(library: Path, file: Path) -> None:
    said, status = run("import_icd10", "--if-missing")
    assert (status, DiagnosisCode.objects.count()) == (0, 4)
    assert "4 codes, 4 added" in said[0]
    run("import_icd10", file.rename(file.with_name("icd10cm_order_April_2026.txt")))
    said, status = run("import_icd10", "--if-missing")
    assert (said, status) == (["simple-icd-10-cm: its release is there already; nothing was changed."], 0)
    assert DiagnosisCode.objects.count() == 5


def test_a_library_that_does_not_tell_its_release_needs_the_days(library: Path) -> None:
    (library / "code-list-April-2026.txt").rename(library / "code-list-.txt")
    said, status = run("import_icd10")
    assert (said[0], status) == (
        "simple-icd-10-cm: The installed library does not tell its release. Say so: --effective and --until.", 1
    )  # fmt: skip
    assert run("import_icd10", "--effective", "2026-04-01")[1] == 0


def test_without_the_library_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setitem(sys.modules, "simple_icd_10_cm", None)
    assert run("import_icd10", "--if-missing") == run("import_icd10")
    said, status = run("import_icd10")
    assert (said[0], status) == (
        "simple-icd-10-cm: The library simple-icd-10-cm is not installed; install requirements/production.txt, or name CMS's file.",
        1,
    )
    assert diagnoses.take_in(now=now) is False


def test_the_demo_takes_the_codes_in_once(library: Path, now: datetime) -> None:
    assert diagnoses.take_in(now=now)
    library.rename(library.with_name("gone"))
    assert diagnoses.take_in(now=now)
    assert DiagnosisCode.objects.count() == 4
    # No claim of the demo's weeks is warned that its day has no release, whenever the demo is started.
    release = DiagnosisRelease.objects.get()
    assert release.starts_on < now.date() - timedelta(days=365) < now.date() + timedelta(days=365) < release.ends_on
