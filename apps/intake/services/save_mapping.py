from apps.connectors import registry
from apps.connectors.ports.charge_files import FileLayout
from apps.connectors.ports.errors import RefusedError
from apps.intake.models import ColumnMapping


class BadMappingError(RefusedError):
    """The mapping cannot be used. The message names the columns."""


def save_mapping(*, name: str, layout: FileLayout) -> ColumnMapping:
    """Keep how an export names its columns and payers; the same name again replaces it. Raises BadMappingError."""
    reader = registry.charge_file_reader()
    unknown = sorted(set(layout.columns) - set(reader.standard_columns))
    if unknown:
        raise BadMappingError(
            f"These are none of our columns: {', '.join(unknown)} (docs/connectors/csv.md lists them)."
        )
    lacking = [column for column in reader.required_columns if column not in layout.columns]
    if lacking:
        raise BadMappingError(f"The mapping does not say where these columns are: {', '.join(lacking)}.")
    mapping, _ = ColumnMapping.objects.update_or_create(
        name=name.strip()[:60],
        defaults={
            "columns": dict(layout.columns),
            "payers": dict(layout.payers),
            "date_format": layout.date_format,
        },
    )
    return mapping
