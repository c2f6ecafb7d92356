"""Any EHR that can export a file: charges by CSV, from a folder or by hand. See README.md."""

from apps.connectors.adapters.csv_drop.ehr import CsvDropEhr

__all__ = ["CsvDropEhr"]
