"""The saved mapping by which a charge file is read."""

from apps.connectors import registry
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ColumnMapping

STANDARD = "standard"


class NoMappingError(RefusedError):
    """No saved mapping fits, or several do. The message says what to choose from; column names are no patient data."""


def find_mapping(payload: bytes, *, name: str = "") -> ColumnMapping:
    """The named one, else the only one whose columns the file has; the documented columns need none saved.

    Raises ColumnMapping.DoesNotExist, NoMappingError, and RefusedError for a file without a header.
    """
    if name:
        return ColumnMapping.objects.get(name=name)
    reader = registry.charge_file_reader()
    header = set(reader.header(payload))
    standard = {column: column for column in reader.standard_columns if column in header}
    if set(reader.required_columns) <= standard.keys():
        mapping, _ = ColumnMapping.objects.update_or_create(
            name=STANDARD, defaults={"columns": standard, "date_format": "%Y-%m-%d"}
        )
        return mapping
    saved = list(ColumnMapping.objects.order_by("name"))
    fitting = [mapping for mapping in saved if set(mapping.columns.values()) <= header]
    if len(fitting) != 1:
        names = ", ".join(mapping.name for mapping in fitting or saved) or "none is saved"
        raise NoMappingError(f"{'Several' if fitting else 'No'} saved mappings fit this file; name one: {names}.")
    return fitting[0]
