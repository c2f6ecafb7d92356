"""What intake does: bring in what an EHR, an event or a file tells."""

from apps.intake.services.pull_appointments import pull_appointments
from apps.intake.services.pull_charges import pull_charges
from apps.intake.services.receive_appointments import ReceivedAppointments, receive_appointments
from apps.intake.services.receive_encounters import ReceivedEncounters, receive_encounters
from apps.intake.services.receive_event import ReceivedEvent, receive_event

__all__ = [
    "ReceivedAppointments",
    "ReceivedEncounters",
    "ReceivedEvent",
    "pull_appointments",
    "pull_charges",
    "receive_appointments",
    "receive_encounters",
    "receive_event",
]
