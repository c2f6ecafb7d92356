"""DrChrono v4: appointments, patients and charges by its REST API, checkouts by its webhook. See README.md."""

from apps.connectors.adapters.drchrono.ehr import DrChronoEhr

__all__ = ["DrChronoEhr"]
