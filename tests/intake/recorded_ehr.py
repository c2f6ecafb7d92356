"""An EHR whose appointments a test writes down."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from apps.connectors.ports.ehr import EhrAppointment, EhrCapabilities, EhrEvent, EhrPatient, EhrProvider
from apps.connectors.ports.webhooks import WebhookDelivery
from tests.intake import told


class RecordedEhr:
    """`listed`: what the list of some days tells; `kept`: what it tells of one, by number. `asked`: the numbers asked for.

    `unreadable`: patients of whom it tells nothing that could be read.
    """

    capabilities = EhrCapabilities()
    listed: ClassVar[list[EhrAppointment]] = []
    kept: ClassVar[dict[str, EhrAppointment]] = {}
    asked: ClassVar[list[str]] = []
    failing: ClassVar[list[Exception]] = []
    unreadable: ClassVar[list[str]] = []

    def __init__(self, settings: Mapping[str, Any], *_: object) -> None:
        self._event = str(settings.get("event", "appointment.changed"))

    @classmethod
    def forget(cls) -> None:
        for record in (cls.listed, cls.kept, cls.asked, cls.failing, cls.unreadable):
            record.clear()

    def appointments(self, first: date, last: date) -> Iterator[EhrAppointment]:  # noqa: ARG002  the port's signature
        for failure in self.failing:
            raise failure
        return iter(self.listed)

    def appointment(self, source_id: str) -> EhrAppointment | None:
        self.asked.append(source_id)
        return self.kept.get(source_id)

    def patients(self, source_ids: list[str]) -> list[EhrPatient]:
        return [told.patient(source_id=each) for each in dict.fromkeys(source_ids) if each not in self.unreadable]

    def providers(self) -> list[EhrProvider]:
        return [EhrProvider("D1", "Cora", "Bell", "1482039574")]

    def encounter(self, appointment_source_id: str) -> None:  # noqa: ARG002  the port's signature
        return None

    def parse_event(self, delivery: WebhookDelivery) -> EhrEvent:
        return EhrEvent(self._event, "e1", delivery.body.decode())
