"""The Ehr and ChargeFileReader ports on dropped files."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from apps.connectors.adapters.csv_drop import client, columns
from apps.connectors.adapters.csv_drop.mapping import FileReading
from apps.connectors.ports.charge_files import ChargeFileContent, FileLayout
from apps.connectors.ports.ehr import (
    DroppedFile,
    EhrAppointment,
    EhrCapabilities,
    EhrEncounter,
    EhrEvent,
    EhrPatient,
    EhrProvider,
)
from apps.connectors.ports.errors import InvalidSignatureError, RefusedError
from apps.connectors.ports.setting_fields import SettingField
from apps.connectors.ports.webhooks import WebhookDelivery
from apps.connectors.tables import UnreadableFileError, decode, table
from apps.core.column_names import unread_columns

NO_QUESTIONS = "A file drop cannot be asked; its files tell what there is."


class CsvDropEhr:
    setting_fields = (
        SettingField("folder", "Folder", "Where the files are put: its whole path on the server."),
        SettingField("mapping", "Column mapping", "The name of a saved mapping. Empty: the columns have our names."),
        SettingField(
            "settled_seconds",
            "Wait for a file, seconds",
            "A younger file may still be written. Empty: 10.",
            is_number=True,
        ),
    )
    capabilities = EhrCapabilities(
        polls_appointments=False,
        polls_charges=False,
        drops_files=True,
    )

    standard_columns = (*columns.REQUIRED, *columns.OPTIONAL)
    required_columns = columns.REQUIRED

    def __init__(self, settings: Mapping[str, Any], _keep: object = None, _change_secrets: object = None) -> None:
        self._folder = str(settings.get("folder", ""))
        self._settled = int(settings.get("settled_seconds", client.SETTLED_SECONDS))

    def try_out(self) -> None:
        self.charge_files()
        if not os.access(self._folder, os.R_OK | os.X_OK):
            raise UnreadableFileError("The folder for charge files may not be read by this installation.")

    def charge_files(self) -> Iterator[DroppedFile]:
        folder = Path(self._folder)
        if not self._folder or not folder.is_dir():
            raise UnreadableFileError("The folder for charge files does not exist. Set it in Settings, Connections.")
        return client.dropped_files(folder, settled_seconds=self._settled)

    def header(self, payload: bytes) -> list[str]:
        return table(decode(payload))[0]

    def read_charges(self, payload: bytes, layout: FileLayout, *, today: date) -> ChargeFileContent:
        header, rows = table(decode(payload))
        found = replace(layout, columns=columns.found_in(layout.columns, header))
        unread = tuple(unread_columns(header, found.columns.values()))
        return replace(FileReading(found, today).read(rows), unread=unread)

    def appointments(self, first: date, last: date) -> Iterator[EhrAppointment]:  # noqa: ARG002  the port's signature
        return iter(())

    def appointment(self, source_id: str) -> EhrAppointment | None:  # noqa: ARG002  the port's signature
        return None

    def providers(self) -> list[EhrProvider]:
        return []

    def patient(self, source_id: str) -> EhrPatient:  # noqa: ARG002  the port's signature
        raise RefusedError(NO_QUESTIONS)

    def patients(self, source_ids: list[str]) -> list[EhrPatient]:  # noqa: ARG002  the port's signature
        return []

    def encounters_ready(self, first: date, last: date) -> Iterator[EhrEncounter]:  # noqa: ARG002  the port's signature
        return iter(())

    def encounter(self, appointment_source_id: str) -> EhrEncounter | None:  # noqa: ARG002  the port's signature
        return None

    def verification_answer(self, message: str) -> dict[str, str]:  # noqa: ARG002  the port's signature
        return {}

    def verify_event(self, delivery: WebhookDelivery) -> str:  # noqa: ARG002  the port's signature
        raise InvalidSignatureError("A file drop sends no webhooks.")

    def parse_event(self, delivery: WebhookDelivery) -> EhrEvent:  # noqa: ARG002  the port's signature
        raise RefusedError("A file drop sends no webhooks.")
