"""The Ehr port on DrChrono."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from apps.connectors.adapters.drchrono import mapping
from apps.connectors.adapters.drchrono.client import DrChronoClient, Keep, Row, read_json
from apps.connectors.ports.ehr import (
    ChangeSecrets,
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
from apps.core.plain_codes import whole_number

FEW = 10  # so many records are asked for one by one; more are picked from the paged list
COMPLETE = "Complete"
# What a record of another form than the documented one raises where it is read.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


SETTING_FIELDS = (
    SettingField("client_id", "Client ID", "Of the practice's application at DrChrono."),
    SettingField("client_secret", "Client secret", secret=True),
    SettingField(
        "refresh_token",
        "Refresh token",
        "From the sign-in with the scopes calendar:read patients:read billing:read. It is renewed by itself.",
        secret=True,
    ),
    SettingField("webhook_secret", "Webhook secret", "The same as in DrChrono's webhook.", secret=True),
    SettingField("time_zone", "Time zone", "Of the times that DrChrono writes, for example America/Chicago."),
    SettingField("place_of_service", "Place of service", "DrChrono does not tell it. Empty: 11, the office."),
)


class DrChronoEhr:
    required_settings = ("client_id", "client_secret", "refresh_token", "webhook_secret", "time_zone")
    setting_fields = SETTING_FIELDS
    # Of the credentials that were: with others they are asked for anew.
    own_settings = ("access_token", "access_token_until")
    capabilities = EhrCapabilities()  # 500 calls an hour; no event when a charge is entered

    def __init__(self, settings: Mapping[str, Any], keep: Keep, change_secrets: ChangeSecrets) -> None:
        self._client = DrChronoClient(settings, keep, change_secrets)
        self._field_names: dict[int, str] | None = None
        self._secret = str(settings.get("webhook_secret", ""))
        self._zone = _zone(str(settings["time_zone"]))
        self._place_of_service = str(settings.get("place_of_service", "11"))

    @staticmethod
    def check_settings(settings: Mapping[str, Any]) -> None:
        _zone(str(settings["time_zone"]))

    def try_out(self) -> None:
        self.providers()

    def appointments(self, first: date, last: date) -> Iterator[EhrAppointment]:
        with self._client.session() as session:
            for row in self._client.rows(session, "appointments", date_range=f"{first}/{last}"):
                if found := self._appointment(row):
                    yield found

    def appointment(self, source_id: str) -> EhrAppointment | None:
        with self._client.session() as session:
            row = self._client.one(session, "appointments", source_id)
        return self._appointment(row) if row else None

    def providers(self) -> list[EhrProvider]:
        with self._client.session() as session:
            return [mapping.provider(row) for row in self._client.rows(session, "doctors")]

    def patient(self, source_id: str) -> EhrPatient:
        found = self.patients([source_id])
        if not found:
            raise RefusedError("DrChrono has no such patient.")
        return found[0]

    def patients(self, source_ids: list[str]) -> list[EhrPatient]:
        with self._client.session() as session:
            names = self._names(session)
            found = self._pick("patients", session, list(dict.fromkeys(source_ids)))
        return [patient for row in found if (patient := _readable_patient(row, names))]

    def _names(self, session: httpx.Client) -> dict[int, str]:
        """Of the practice's own demographic fields, asked for once."""
        if self._field_names is None:
            rows = self._client.rows(session, "custom_demographics")
            numbered = ((whole_number(mapping.text(row, "id")), mapping.text(row, "name")) for row in rows)
            self._field_names = {number: name for number, name in numbered if number is not None}
        return self._field_names

    def encounters_ready(self, first: date, last: date) -> Iterator[EhrEncounter]:
        period = f"{first}/{last}"
        with self._client.session() as session:
            visits = {
                mapping.text(row, "id"): row for row in self._client.rows(session, "appointments", date_range=period)
            }
            lines = self._lines(session, service_date=period)
            late = [visit for visit in self._lines(session, posted_date=period) if visit not in lines]
            # Of lines that bear another day than their appointment.
            stray = [visit for visit in lines if visit and visit not in visits]
            for row in self._pick("appointments", session, [*late, *stray]):
                visit = mapping.text(row, "id")
                visits[visit] = row
                # All its lines, not only those that were posted late or bear a day of this period.
                lines.update(self._lines(session, appointment=visit))
        for visit, (rows, kept) in lines.items():
            if visit not in visits:
                yield mapping.not_billable({"id": visit}, mapping.GONE)
                continue
            row = visits[visit]
            if row.get("status") == COMPLETE and row.get("patient"):
                yield self._encounter(row, rows, kept)
            elif mapping.took_no_place(row):
                yield mapping.not_billable(row, mapping.CHARGED_ALL_THE_SAME)

    def encounter(self, appointment_source_id: str) -> EhrEncounter | None:
        with self._client.session() as session:
            row = self._client.one(session, "appointments", appointment_source_id)
            if row is None or row.get("status") != COMPLETE:
                return None
            found = self._lines(session, appointment=appointment_source_id)
        return self._encounter(row, *found[appointment_source_id]) if appointment_source_id in found else None

    def charge_files(self) -> Iterator[DroppedFile]:
        return iter(())

    def verification_answer(self, message: str) -> dict[str, str]:
        return {"secret_token": hmac.new(self._secret.encode(), message.encode(), hashlib.sha256).hexdigest()}

    def verify_event(self, delivery: WebhookDelivery) -> str:
        # DrChrono sends the shared secret itself, not a digest of the body.
        given = delivery.headers.get("x-drchrono-signature", "")
        if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise InvalidSignatureError("The webhook does not carry DrChrono's secret.")
        return delivery.headers.get("x-drchrono-delivery") or hashlib.sha256(delivery.body).hexdigest()

    def parse_event(self, delivery: WebhookDelivery) -> EhrEvent:
        event, event_id = delivery.headers.get("x-drchrono-event", ""), delivery.headers.get("x-drchrono-delivery", "")
        row = read_json(delivery.body, "a webhook").get("object") or {}
        if not isinstance(row, dict):
            raise RefusedError("DrChrono's answer for a webhook has an unknown shape.")
        if event.startswith("APPOINTMENT_"):
            name = "appointment.checkout" if row.get("status") == COMPLETE else "appointment.changed"
            return EhrEvent(name, event_id, mapping.text(row, "id"))
        if event == "CLINICAL_NOTE_LOCK":
            return EhrEvent("appointment.checkout", event_id, mapping.text(row, "appointment"))
        return EhrEvent("other", event_id)

    def _encounter(self, row: Row, lines: list[Row], received_as: str) -> EhrEncounter:
        """One record that cannot be read keeps no other from being told."""
        try:
            return mapping.encounter(
                row, lines, self._zone, place_of_service=self._place_of_service, received_as=received_as
            )
        except UNREADABLE:
            return mapping.not_billable(row, mapping.UNREADABLE)

    def _appointment(self, row: Row) -> EhrAppointment | None:
        """As above."""
        try:
            return mapping.appointment(row, self._zone)
        except UNREADABLE:
            return mapping.unreadable_appointment(row)

    def _lines(self, session: httpx.Client, **query: str) -> dict[str, tuple[list[Row], str]]:
        """Line items by visit, each with the transmission that brought the visit's first."""
        found: dict[str, tuple[list[Row], str]] = {}
        for rows, kept in self._client.pages(session, "line_items", **query):
            for row in rows:
                found.setdefault(mapping.text(row, "appointment"), ([], kept))[0].append(row)
        return found

    def _pick(self, resource: str, session: httpx.Client, source_ids: list[str]) -> list[Row]:
        """Few records one by one. Many from the list's pages, as long as those cost fewer calls than one by one."""
        missing, found = dict.fromkeys(source_ids), []
        if len(missing) > FEW and resource == "patients":
            for number, (rows, _) in enumerate(self._client.pages(session, resource), start=1):
                for row in rows:
                    if mapping.text(row, "id") in missing:
                        del missing[mapping.text(row, "id")]
                        found.append(row)
                if not missing or number * FEW > len(source_ids):
                    break
        singles = (self._client.one(session, resource, source_id) for source_id in missing)
        return found + [row for row in singles if row]


def _readable_patient(row: Row, names: Mapping[int, str]) -> EhrPatient | None:
    """None for a record that cannot be read: its visits are refused by name, every other comes in."""
    try:
        return mapping.patient(row, names)
    except UNREADABLE:
        return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:  # no such name, a path, or a folder of names
        raise RefusedError(
            f"The time zone {name[:40]} is unknown: write time_zone as America/Chicago or America/New_York is written."
        ) from unknown
