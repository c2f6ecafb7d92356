"""What a run did, or why it failed, in words. Runs keep short names of what they counted and the kind of a failure; both are told here."""

from collections.abc import Mapping

from apps.automations.following import NOT_CONNECTED
from apps.core.models import JobRun
from apps.core.shown import counted

_CHARGES = {
    "already imported": "visit already imported,visits already imported",
    "changed": "visit changed,visits changed",
    "refused": "visit refused,visits refused",
}
_APPOINTMENTS = {
    "appointments": "new appointment,new appointments",
    "changed": "appointment changed,appointments changed",
    "refused": "appointment refused,appointments refused",
}
# By automation: what its names count, one and many. A name that says it by itself is not among them.
_COUNTED: Mapping[str, Mapping[str, str]] = {
    "end_of_day_charges": _CHARGES,
    "late_charges": _CHARGES,
    "uncharged_visits": {
        "visits without charges": "visit without charges,visits without charges",
        "tasks": "task opened,tasks opened",
        "settled": "task settled,tasks settled",
    },
    "charge_files": {"files": "charge file,charge files", "visits": "new visit,new visits"},
    "eligibility": _APPOINTMENTS,
    "morning_eligibility": _APPOINTMENTS,
    "responses": {"files": "file fetched,files fetched"},
    "rule_reviews": {"reviews": "review asked for,reviews asked for"},
    "deposits": {
        "matched": "match with the bank,matches with the bank",
        "proposed": "match proposed,matches proposed",
        "set aside": "bank line set aside,bank lines set aside",
    },
    "reminders": {"closed": "sequence closed,sequences closed"},
    "missed_payments": {"payments": "card payment posted,card payments posted"},
    "balances": {"opened": "balance opened,balances opened", "closed": "balance closed,balances closed"},
    "due_alerts": {"mails": "email planned,emails planned"},
    "measures": {"metrics": "metric kept for the day,metrics kept for the day"},
    "sweep": {"steps": "piece of work started again,pieces of work started again"},
}
_FAILURES: Mapping[str, str] = {
    "HeldBackError": "Held back: a connection refused the sign-in before, so nobody was asked. "
    "An administrator corrects or tests it in Settings, Connections.",
    "SignInRefusedError": "The other side refused the sign-in. An administrator corrects it in Settings, Connections.",
    "OutageError": "The other side did not answer. It is tried again by itself.",
    "NoConnectionError": "Nothing is connected that could be asked. An administrator connects it in Settings, Connections.",
}


def outcome_words(run: JobRun | None) -> str:
    """ "12 new visits, 3 visits already imported"; what went wrong for a run that failed."""
    if run is None:
        return ""
    if run.error:
        return failure_words(run.error) or f"Failed: {run.error}"
    if run.counts.get(NOT_CONNECTED):
        return "There is nobody to ask: no such system is connected"
    parts = [_counted(run.step, name, number) for name, number in run.counts.items() if number]
    return ", ".join(parts) or "Nothing was due"


def failure_words(error: str) -> str:
    """A sentence for a kind of failure that people can do something about; empty for every other."""
    return _FAILURES.get(error, "")


def _counted(step: str, name: str, number: int) -> str:
    """A run's count in words: "1 visit", "12 visits"."""
    many = name.replace("_", " ")
    return counted(number, _COUNTED.get(step, {}).get(name, f"{many.removesuffix('s')},{many}"))
