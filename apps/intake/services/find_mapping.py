"""The saved mapping by which a charge file is read."""

from collections.abc import Collection

from apps.connectors import registry
from apps.connectors.ports.charge_files import ChargeFileReader
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ColumnMapping

STANDARD = "standard"


class NoMappingError(RefusedError):
    """No saved mapping fits, or several do. The message says what to choose from; column names are no patient data."""


def find_mapping(payload: bytes, *, name: str = "") -> ColumnMapping:
    """The named one, else the only one whose columns the file has; the documented columns need none saved.

    Raises ColumnMapping.DoesNotExist, NoMappingError, and RefusedError for a file without a header.
    """
    if name and name != STANDARD:
        return ColumnMapping.objects.get(name=name)
    reader = registry.charge_file_reader()
    header = {column.casefold() for column in reader.header(payload)}
    if name:
        return _standard(reader, header) or ColumnMapping.objects.get(name=name)
    saved = list(ColumnMapping.objects.exclude(name=STANDARD).order_by("name"))
    fitting = [mapping for mapping in saved if all(theirs.casefold() in header for theirs in mapping.columns.values())]
    if len(fitting) == 1:
        return fitting[0]
    standard = None if fitting else _standard(reader, header)
    if standard is None:
        names = ", ".join(mapping.name for mapping in fitting or saved) or "none is saved"
        raise NoMappingError(f"{'Several' if fitting else 'No'} saved mappings fit this file; name one: {names}.")
    return standard


def _standard(reader: ChargeFileReader, header: Collection[str]) -> ColumnMapping | None:
    """Our own column names, as many as the file has; what a person changed in the saved row stays. None where the file lacks
    a required one.

    The row keeps every column that a file had, for people to see and to change; the one given back has this file's alone.
    """
    saved = ColumnMapping.objects.filter(name=STANDARD).first()
    told = saved.columns if saved else {}
    asked = {column: told.get(column, column) for column in reader.standard_columns}
    columns = {ours: theirs for ours, theirs in asked.items() if theirs.casefold() in header}
    if not set(reader.required_columns) <= columns.keys():
        return None
    if saved is None:
        saved, _ = ColumnMapping.objects.get_or_create(
            name=STANDARD, defaults={"columns": columns, "date_format": "%Y-%m-%d"}
        )
    elif not columns.keys() <= told.keys():
        saved.columns = {**told, **columns}
        saved.save(update_fields=["columns"])
    saved.columns = columns
    return saved
