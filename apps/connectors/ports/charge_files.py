"""What a file of charges holds, whatever its layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from apps.connectors.ports.ehr import EhrEncounter, EhrPatient, EhrProvider


@dataclass(frozen=True, slots=True)
class FileLayout:
    """How one export names its columns and its payers: a saved ColumnMapping."""

    columns: Mapping[str, str]  # our column -> the file's
    payers: Mapping[str, str] = field(default_factory=dict)  # the file's payer name -> the payer's id for claims
    date_format: str = "%m/%d/%Y"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that did not come in. `reason` names columns and rules, never what the row says (no patient data)."""

    line: int  # as a text editor counts, the header being line 1
    reason: str


@dataclass(frozen=True, slots=True)
class ChargeFileContent:
    """`unread`: the file's columns that its mapping does not name."""

    rows: int
    encounters: tuple[EhrEncounter, ...]
    patients: tuple[EhrPatient, ...]
    providers: tuple[EhrProvider, ...]
    problems: tuple[RowProblem, ...]
    unread: tuple[str, ...] = ()


class ChargeFileReader(Protocol):
    standard_columns: tuple[str, ...]  # ours, as docs/connectors/csv.md names them
    required_columns: tuple[str, ...]

    def header(self, payload: bytes) -> list[str]:
        """The file's own column names. Raises RefusedError where it has none."""
        ...

    def read_charges(self, payload: bytes, layout: FileLayout, *, today: date) -> ChargeFileContent:
        """`today`, practice-local, tells which dates nobody meant.

        Raises RefusedError where the file as a whole cannot be read: size, encoding, missing columns.
        """
        ...
