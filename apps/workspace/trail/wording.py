"""The trail's actions and kinds as people say them. What no table names keeps its own words."""

READS = ("view", "list", "reveal", "search")
SIGNING_IN = (
    "sign_in",
    "sign_out",
    "sign_in_refused",
    "password_set",
    "second_factor_added",
    "second_factor_removed",
)
EXPORTS = ("export", "download")

_ACTIONS = {
    "view": "Looked at",
    "list": "Looked through",
    "search": "Searched for",
    "reveal": "Saw hidden numbers of",
    "export": "Exported",
    "download": "Downloaded",
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "sign_in_refused": "Was refused at sign-in",
    "password_set": "Set a new password",
    "second_factor_added": "Set up the second factor",
    "second_factor_removed": "Removed the second factor",
    "create_user": "Made a log-in for",
    "disable_user": "Took access from",
    "enable_user": "Gave access back to",
    "set_role": "Changed the role of",
    "end_sessions": "Ended sessions of",
    "reset_second_factor": "Took the second factor of",
    "invite_again": "Invited once more",
    "withdraw_invitation": "Withdrew the invitation of",
    "break_glass": "Opened a record in an emergency",
    "close_emergency": "Closed a record opened in an emergency",
    "review_emergency": "Looked into an emergency access",
    "add_route": "Added",
    "change_route": "Changed",
    "move_route": "Moved",
    "end_route": "Took out",
    "set_due": "Set the due date of",
    "switch_due_alert": "Switched the daily email about work that is due",
}
# Kinds whose own words would not do, and what a list of them is called.
_KINDS = {
    "entered_eob": "paper EOB",
    "today": "Today",
    "eligibility_schedule": "the day's visits",
    "parked_money": "money set apart",
    "diagnosis_release": "a release of diagnosis codes",
}
_LISTS = {"claim": "claims", "claim_exception": "claim exceptions", "denial": "denials", "metric_rows": "the rows of"}
# The action says already what it is about.
_SAID_BY_ACTION = frozenset(
    {
        *SIGNING_IN,
        "create_user",
        "disable_user",
        "enable_user",
        "set_role",
        "end_sessions",
        "reset_second_factor",
        "invite_again",
        "withdraw_invitation",
        "break_glass",
        "close_emergency",
        "review_emergency",
        "switch_due_alert",
    }
)


def action_words(action: str) -> str:
    return _ACTIONS.get(action) or action.replace("_", " ").capitalize()


def kind_words(kind: str) -> str:
    return _KINDS.get(kind) or kind.replace("_", " ")


def sentence(action: str, kind: str) -> str:
    """ "Looked at claim"; "Signed in"; "Write off balance", which says its kind itself."""
    said = action_words(action)
    about = _LISTS.get(kind, "") if action in ("list", "export") else ""
    about = about or kind_words(kind)
    return said if action in _SAID_BY_ACTION or about in said.lower() else f"{said} {about}"
