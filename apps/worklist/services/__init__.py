from apps.worklist.services.add_note import add_note
from apps.worklist.services.assign import assign
from apps.worklist.services.snooze import snooze

__all__ = ["add_note", "assign", "snooze"]
