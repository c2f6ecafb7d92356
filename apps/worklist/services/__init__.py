from apps.worklist.services.add_note import add_note, add_note_about
from apps.worklist.services.assign import assign
from apps.worklist.services.choose_columns import choose_columns
from apps.worklist.services.due_alerts import (
    DueWork,
    due_work,
    plan_due_alerts,
    send_due_alert,
    switch_due_alert,
)
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
    "DueWork",
    "SnoozeError",
    "SnoozeResult",
    "ViewRefusedError",
    "add_note",
    "add_note_about",
    "assign",
    "choose_columns",
    "delete_view",
    "due_work",
    "open_list_with",
    "opens_list",
    "plan_due_alerts",
    "rename_view",
    "save_view",
    "send_due_alert",
    "set_due",
    "share_view",
    "snooze",
    "snooze_many",
    "switch_due_alert",
    "take_selection",
]
