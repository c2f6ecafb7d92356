"""What intake does: bring in what an EHR, an event or a file tells."""

from apps.intake.services.emergencies import LASTS as EMERGENCY_LASTS
from apps.intake.services.emergencies import (
    EmergencyRefusedError,
    close_emergency,
    open_in_emergency,
    review_emergency,
)
from apps.intake.services.enter_charges import EnteredVisit, EntryRefusedError, SameDayError, enter_charges
from apps.intake.services.enter_coverage import Card, enter_coverage
from apps.intake.services.enter_patient import EnteredPatient, KnownPatientError, enter_patient
from apps.intake.services.find_mapping import NoMappingError, find_mapping
from apps.intake.services.hospice import HospiceDatesError, record_hospice_election
from apps.intake.services.import_charge_file import ImportedFile, import_charge_file
from apps.intake.services.import_dropped_files import DroppedFiles, import_dropped_files
from apps.intake.services.next_revision import next_revision, note_changed
from apps.intake.services.note_uncharged import NotedVisits, NotUnchargedError, note_uncharged, say_not_charged
from apps.intake.services.pull_appointments import pull_appointments
from apps.intake.services.pull_charges import pull_charges
from apps.intake.services.receive_appointments import ReceivedAppointments, receive_appointments
from apps.intake.services.receive_encounters import ReceivedEncounters, receive_encounters
from apps.intake.services.receive_event import ReceivedEvent, receive_event
from apps.intake.services.refused_charges import RefusedNotOpenError, set_refused_aside
from apps.intake.services.save_authorization import TypedAuthorization, save_authorization
from apps.intake.services.save_mapping import BadMappingError, check_mapping, check_name, save_mapping
from apps.intake.services.settle_conflict import ConflictNotOpenError, keep_ours
from apps.intake.services.show_alike import AlikeError, settle_alike
from apps.intake.services.show_disputed import DisputeNotOpenError, keep_entered

__all__ = [
    "EMERGENCY_LASTS",
    "AlikeError",
    "BadMappingError",
    "Card",
    "ConflictNotOpenError",
    "DisputeNotOpenError",
    "DroppedFiles",
    "EmergencyRefusedError",
    "EnteredPatient",
    "EnteredVisit",
    "EntryRefusedError",
    "HospiceDatesError",
    "ImportedFile",
    "KnownPatientError",
    "NoMappingError",
    "NotUnchargedError",
    "NotedVisits",
    "ReceivedAppointments",
    "ReceivedEncounters",
    "ReceivedEvent",
    "RefusedNotOpenError",
    "SameDayError",
    "TypedAuthorization",
    "check_mapping",
    "check_name",
    "close_emergency",
    "enter_charges",
    "enter_coverage",
    "enter_patient",
    "find_mapping",
    "import_charge_file",
    "import_dropped_files",
    "keep_entered",
    "keep_ours",
    "next_revision",
    "note_changed",
    "note_uncharged",
    "open_in_emergency",
    "pull_appointments",
    "pull_charges",
    "receive_appointments",
    "receive_encounters",
    "receive_event",
    "record_hospice_election",
    "review_emergency",
    "save_authorization",
    "save_mapping",
    "say_not_charged",
    "set_refused_aside",
    "settle_alike",
]
