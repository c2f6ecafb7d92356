from apps.worklist.services.add_note import add_note
from apps.worklist.services.assign import assign
from apps.worklist.services.choose_columns import choose_columns
from apps.worklist.services.saved_views import (
    ViewRefusedError,
    delete_view,
    open_list_with,
    opens_list,
    rename_view,
    save_view,
    share_view,
)
from apps.worklist.services.set_due import DueDateError, set_due
from apps.worklist.services.snooze import SnoozeError, SnoozeResult, snooze, snooze_many
from apps.worklist.services.take_selection import take_selection

__all__ = [
    "DueDateError",
    "SnoozeError",
    "SnoozeResult",
    "ViewRefusedError",
    "add_note",
    "assign",
    "choose_columns",
    "delete_view",
    "open_list_with",
    "opens_list",
    "rename_view",
    "save_view",
    "set_due",
    "share_view",
    "snooze",
    "snooze_many",
    "take_selection",
]
