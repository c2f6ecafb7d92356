from apps.worklist.services.add_note import add_note
from apps.worklist.services.assign import assign
from apps.worklist.services.snooze import SnoozeError, SnoozeResult, snooze, snooze_many

__all__ = ["SnoozeError", "SnoozeResult", "add_note", "assign", "snooze", "snooze_many"]
