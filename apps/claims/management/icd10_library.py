"""The release of ICD-10-CM that the installed library simple-icd-10-cm carries."""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module, resources
from typing import Any
from warnings import catch_warnings, simplefilter

from apps.claims.management.table_files import NotTakenError
from apps.claims.models import DiagnosisRelease
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.diagnosis_file import (
    CodeRow,
    ExclusionRow,
    ReleaseDays,
    excluded_by,
    is_manifestation,
    release_of,
    with_sides,
)
from apps.claims.services import ImportedEdits, import_diagnoses

NAME = "simple_icd_10_cm"
_LIST = "code-list-"


def installed() -> Any:
    """The library; reading its data takes seconds, so it is loaded where it is needed. Raises NotTakenError."""
    try:
        with catch_warnings():
            # It reads its files in a way that Python has since replaced.
            simplefilter("ignore", DeprecationWarning)
            return import_module(NAME)
    except ModuleNotFoundError as missing:
        raise NotTakenError(
            "The library simple-icd-10-cm is not installed; install requirements/production.txt, or name CMS's file."
        ) from missing


def list_name() -> str:
    """The name of its list of codes, which tells the release. Raises NotTakenError."""
    installed()
    names = [entry.name for entry in resources.files(f"{NAME}.data").iterdir() if entry.name.startswith(_LIST)]
    return max(names, default="")


def release_days() -> ReleaseDays:
    """Raises NotTakenError where the library does not tell its release."""
    days = release_of(list_name())
    if days is None:
        raise NotTakenError("The installed library does not tell its release. Say so: --effective and --until.")
    return days


def is_there(days: ReleaseDays | None = None) -> bool:
    """Whether the release of these days, without them the library's, has codes already, whoever brought them."""
    try:
        begins = (days or release_days()).starts_on
    except NotTakenError:
        return False
    return DiagnosisRelease.objects.filter(starts_on=begins, codes__isnull=False).exists()


def codes() -> list[CodeRow]:
    """Each once: a block of one category bears that category's name, and the library lists it beside it."""
    library = installed()
    rows = []
    for code in dict.fromkeys(library.get_all_codes(with_dots=False)):
        if library.is_category_or_subcategory(code):
            words = library.get_description(code)
            rows.append((CodeRow(code, library.is_leaf(code), is_manifestation(words)), words))
    return list(with_sides(rows))


def exclusions() -> Iterator[ExclusionRow]:
    """A note of a chapter or block is one of each of its categories."""
    library = installed()
    for code in library.get_all_codes(with_dots=False):
        if library.is_category_or_subcategory(code):
            yield from _rows([code], library.get_excludes1(code))
        if library.is_chapter_or_block(code):
            notes = library.get_excludes1(code, prioritize_blocks=True)
            below = library.get_descendants(code, prioritize_blocks=True) if notes else ()
            yield from _rows([each for each in below if len(each) == 3 and library.is_category(each)], notes)


def _rows(beginnings: list[str], notes: list[str]) -> Iterator[ExclusionRow]:
    for note in notes:
        for first, last in excluded_by(note):
            for code in beginnings:
                yield ExclusionRow(code, first, last)


def take_in(*, now: datetime, days: ReleaseDays | None = None) -> ImportedEdits:
    """Its release into the database; `days` where the library does not tell them. Raises NotTakenError, HalfATableError."""
    return import_diagnoses(
        days=days or release_days(),
        codes=codes(),
        exclusions=exclusions(),
        refused=RefusedRows(),
        source=f"simple-icd-10-cm, {list_name()}",
        acting_user=None,
        now=now,
    )
