"""Long work that people started, as the job list tells it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from apps.automations.outcomes import failure_words, outcome_words
from apps.automations.schedule import BY_NAME
from apps.connectors.models import Connection
from apps.connectors.try_out import STEP as TRY_CONNECTION
from apps.core.models import JobRun, User
from apps.core.shown import counted
from apps.practice.roles import Permission, Role, may

State = JobRun.State
# What its parts are called, one and many.
_KINDS = {
    "fix_in_bulk": ("Bulk fix", "claim,claims"),
    "post_remittance_file": ("Remittance file (835)", "claim,claims"),
    "import_bank_file": ("Bank file", "row,rows"),
    "import_charges": ("Charge file", "visit,visits"),
    "import_code_tables": ("Code tables", "file,files"),
    "import_fees": ("Fee schedule", "price,prices"),
    TRY_CONNECTION: ("Test of a connection", "test,tests"),
    "import_payers": ("Payers from a file", "payer,payers"),
}
# Counts that name what a person has still to look at.
_UNFINISHED = ("refused_rows", "refused_visits", "untaken_files", "failed", "changed", "exceptions")
# Pages that not everybody who may look at the list may open, by room or by name.
_PAGES = {
    "claims": Permission.VIEW_CLAIMS,
    "remittances": Permission.VIEW_REMITTANCES,
    "automations": Permission.VIEW_AUTOMATIONS,
    "settings": None,
    "settings:test_connection": Permission.CONFIGURE,
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job. `href`: the page of what it made, empty where the reader may not open it or there is none."""

    run: JobRun
    title: str
    parts: str
    href: str

    @property
    def running(self) -> bool:
        return bool(self.run.state == State.RUNNING)

    @property
    def shape(self) -> str:
        if self.running:
            return "active"
        if self.run.state == State.FAILED:
            return "problem"
        return "watch" if self.left else "good"

    @property
    def word(self) -> str:
        return {"active": "At work", "problem": "Failed", "watch": "Done, with something left", "good": "Done"}[
            self.shape
        ]

    @property
    def percent(self) -> int | None:
        """None where nobody can tell how much there is."""
        done, total = self.run.done, self.run.total
        return None if total is None else min(100, 100 * done // total) if total else 0

    @property
    def left(self) -> int:
        """How many of its parts were refused, skipped or wait for a person."""
        return sum(self.run.counts.get(name, 0) for name in _UNFINISHED)

    @property
    def outcome(self) -> str:
        """What it did, or what went wrong and what to do, in a sentence."""
        if not self.run.error:
            return outcome_words(self.run)
        if " " in self.run.error:
            return self.run.error
        done = f"{counted(self.run.done, self.parts)} had been done and stay done. " if self.run.done else ""
        if told := failure_words(self.run.error):
            return f"{told} {done}".strip()
        return f"It broke off ({self.run.error}). {done}It is tried again by itself where it can be; the log names the place."


def jobs_for(user: User, role: Role | None, *, mine: bool) -> "QuerySet[JobRun]":
    """A person's own; everybody's for whoever watches the automations. Newest first."""
    rows = JobRun.objects.filter(by_hand=True).select_related("requested_by").order_by("-started_at", "-pk")
    if mine or not may(role, Permission.VIEW_AUTOMATIONS):
        rows = rows.filter(requested_by=user)
    return rows


def job_rows(runs: Iterable[JobRun], role: Role | None) -> list[JobRow]:
    shown = list(runs)
    connections = _tested(shown)
    return [_row(run, role, connections) for run in shown]


def _tested(runs: Iterable[JobRun]) -> Mapping[str, str]:
    """The names of the connections that were tested, by public id."""
    keys = {run.subject_public_id for run in runs if run.step == TRY_CONNECTION}
    return dict(Connection.objects.filter(public_id__in=keys).values_list("public_id", "name")) if keys else {}


def _row(run: JobRun, role: Role | None, connections: Mapping[str, str]) -> JobRow:
    title, parts = _KINDS.get(run.step, ("", "part,parts"))
    if run.subject_public_id in connections:
        title = f"Test of the connection {connections[run.subject_public_id]}"
    periodic = BY_NAME.get(run.step)
    if periodic:
        page, key = "automations:detail", periodic.name
        title = periodic.title
    else:
        page, key = run.url_name, run.subject_public_id
    return JobRow(run, title or run.step.replace("_", " ").capitalize(), parts, _href(page, key, role))


def _href(page: str, key: str, role: Role | None) -> str:
    room = page.partition(":")[0]
    needed = _PAGES.get(page, _PAGES.get(room))
    if room not in _PAGES or (needed is not None and not may(role, needed)):
        return ""
    return reverse(page, args=[key])
