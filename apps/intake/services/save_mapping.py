"""Keep how an export names its columns and payers."""

from datetime import date, datetime
from typing import Any

from apps.connectors import registry
from apps.connectors.ports.charge_files import FileLayout
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ColumnMapping

LONGEST_FORMAT = 20  # ColumnMapping.date_format
# A visit is known by "csv:" and its mapping's name, in the 40 signs of its source: of two longer names one might be the other.
LONGEST_NAME = 36


class BadMappingError(RefusedError):
    """The mapping cannot be used. The message names the columns."""


def save_mapping(*, name: str, layout: FileLayout) -> ColumnMapping:
    """The same name again replaces it. Raises BadMappingError, whatever the layout's parts are."""
    if not ColumnMapping.objects.filter(name=name).exists():
        check_name(name)
    check_mapping(columns=layout.columns, payers=layout.payers, date_format=layout.date_format)
    mapping, _ = ColumnMapping.objects.update_or_create(
        name=name,
        defaults={
            "columns": dict(layout.columns),
            "payers": dict(layout.payers),
            "date_format": layout.date_format,
        },
    )
    return mapping


def check_name(name: str) -> None:
    """Of a new mapping. Raises BadMappingError."""
    if len(name) > LONGEST_NAME:
        raise BadMappingError(f"Name the mapping in at most {LONGEST_NAME} signs; this name has {len(name)}.")


def check_mapping(*, columns: Any, payers: Any, date_format: Any) -> None:
    """Raises BadMappingError. A person wrote the parts as JSON: they may be of any type."""
    for told, what, example in (
        (columns, "columns", '{"visit": "Visit no"}'),
        (payers, "payers", '{"Lone Prairie HP": "LPHP1"}'),
    ):
        if not isinstance(told, dict) or not all(isinstance(value, str) and value.strip() for value in told.values()):
            raise BadMappingError(f"Write the mapping's {what} as names in quotes, for example {example}.")
    if not _reads_days(date_format):
        raise BadMappingError(
            f"Write the mapping's date_format so that it reads a whole day in at most {LONGEST_FORMAT} signs, for example "
            '"%m/%d/%Y" for 09/14/2026.'
        )
    reader = registry.charge_file_reader()
    unknown = sorted(set(columns) - set(reader.standard_columns))
    if unknown:
        raise BadMappingError(
            f"These are none of our columns: {', '.join(unknown)} (docs/connectors/csv.md lists them)."
        )
    lacking = [column for column in reader.required_columns if column not in columns]
    if lacking:
        raise BadMappingError(f"The mapping does not say where these columns are: {', '.join(lacking)}.")


def _reads_days(date_format: Any) -> bool:
    """Whether what it writes of a day it reads as that day."""
    if not isinstance(date_format, str) or len(date_format) > LONGEST_FORMAT:
        return False
    day = date(2026, 9, 14)
    try:
        return datetime.strptime(day.strftime(date_format), date_format).date() == day  # noqa: DTZ007  a calendar day
    except ValueError:
        return False
