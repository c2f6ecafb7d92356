"""The way from an empty installation to the first claim: each step, how it stands by the rows themselves, and where it is done."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import Q

from apps.claims.models import Batch, Claim
from apps.connectors.models import Connection
from apps.core.models import Automation
from apps.core.shown import counted
from apps.practice.models import Location, Payer, Practice, Provider
from apps.remittances.models import RemittanceFile
from apps.workspace.setup.agreements import register

SENDING = "batches"


@dataclass(frozen=True, slots=True)
class Step:
    """`state`: good where it is done, watch where something is missing, problem where it fails, waiting where it has not begun."""

    title: str
    state: str
    word: str
    detail: str
    url_name: str
    verb: str


@dataclass(frozen=True, slots=True)
class Way:
    """How far it is: `done` of the steps, and the `next` one; None at the end."""

    steps: list[Step]
    done: int
    next: Step | None

    @classmethod
    def of(cls, today: date) -> Self:
        found = steps(today)
        left = [step for step in found if step.state != "good"]
        return cls(found, len(found) - len(left), left[0] if left else None)


def has_begun() -> bool:
    """Whether a claim has ever left: from then on the practice works, whatever step is still open."""
    return Batch.objects.filter(~Q(sent_at=None)).exists()


CONNECTIONS = "settings:connections"
_SYSTEMS = (
    (Connection.Kind.EHR, "EHR", "Visits, charges and coverage come from here."),
    (
        Connection.Kind.CLEARINGHOUSE,
        "Clearinghouse",
        "Claims and eligibility questions leave here; answers and remittances come back.",
    ),
    (Connection.Kind.PAYMENTS, "Card processor", "Patients pay here."),
    (Connection.Kind.MESSAGING, "Texts and email", "Patients are told of their balances here."),
)


def steps(today: date) -> list[Step]:
    """In the order in which they are done."""
    connections = list(Connection.objects.filter(enabled=True))
    return [
        _practice(),
        *(_system(kind, title, about, connections) for kind, title, about in _SYSTEMS),
        _agreements(today),
        _payers(),
        _history(),
        _dry_run(),
        _go_live(),
    ]


def _practice() -> Step:
    missing = [
        word
        for word, is_there in (
            ("the practice's own data", Practice.objects.exists()),
            ("a place of service", Location.objects.exists()),
            ("a provider", Provider.objects.exists()),
        )
        if not is_there
    ]
    url = "settings:practice"
    if missing:
        return Step("Practice", "waiting", "To do", f"Enter {', '.join(missing)}.", url, "Enter it")
    unconfirmed = Provider.objects.filter(confirmed=False).count()
    if unconfirmed:
        return Step(
            "Practice",
            "watch",
            "Unfinished",
            f"Providers that a file brought and nobody confirmed: {unconfirmed}.",
            url,
            "Confirm them",
        )
    return Step("Practice", "good", "Done", "Name, numbers, places and providers are entered.", url, "Look at it")


def _system(kind: Connection.Kind, title: str, about: str, connections: list[Connection]) -> Step:
    mine = [each for each in connections if each.kind == kind]
    if not mine:
        return Step(title, "waiting", "Not connected", about, "settings:choose_system", "Connect it")
    failing = [each.name for each in mine if each.last_failure]
    if failing:
        return Step(
            title,
            "problem",
            "Does not answer",
            f"{', '.join(failing)} failed when it was last asked.",
            CONNECTIONS,
            "Look at it",
        )
    silent = [each.name for each in mine if each.last_answer_at is None]
    if silent:
        return Step(title, "watch", "Not tried yet", f"Not asked yet: {', '.join(silent)}.", CONNECTIONS, "Look at it")
    return Step(
        title, "good", "Connected", ", ".join(each.name for each in mine) + " answered.", CONNECTIONS, "Look at it"
    )


def _agreements(today: date) -> Step:
    rows, url = register(today), "settings:agreements"
    lacking = [row.name for row in rows if row.state == "problem"]
    if not any(row.used_for for row in rows):
        detail = "Each vendor that is connected needs a business associate agreement."
        return Step("Agreements", "waiting", "Nobody yet", detail, url, "Put one on record")
    if lacking:
        return Step(
            "Agreements",
            "problem",
            "Missing",
            f"No business associate agreement in force with {', '.join(lacking)}.",
            url,
            "Put it on record",
        )
    return Step("Agreements", "good", "Done", "Every connected vendor has one in force.", url, "Look at them")


def _payers() -> Step:
    payers = Payer.objects.all()
    number, unconfirmed = payers.count(), payers.filter(confirmed=False).count()
    without = payers.exclude(deadlines__kind="filing").count()
    if not number:
        return Step(
            "Payers",
            "waiting",
            "To do",
            "They come with the first charges, or from a CSV file.",
            "settings:import_payers",
            "Import them",
        )
    if unconfirmed or without:
        detail = f"Not confirmed: {unconfirmed} of {number}. Without a filing limit: {without}."
        return Step("Payers", "watch", "Unfinished", detail, "settings:payers", "Look at them")
    return Step(
        "Payers",
        "good",
        "Done",
        f"{counted(number, 'payer,payers')}, each confirmed and with a filing limit.",
        "settings:payers",
        "Look at them",
    )


def _history() -> Step:
    files = RemittanceFile.objects.count()
    url = "remittances:upload"
    if files:
        return Step(
            "History",
            "good",
            "There",
            f"{counted(files, 'remittance file is,remittance files are')} in the books.",
            url,
            "Bring more",
        )
    return Step(
        "History",
        "waiting",
        "Nothing yet",
        "Past remittances and charges make the baseline of the measures. It may be left out.",
        url,
        "Upload an 835",
    )


def _dry_run() -> Step:
    scrubbed = Claim.objects.exclude(passed_untouched=None).count()
    url = "automations:list"
    if not scrubbed:
        detail = "Switch “Claims to the clearinghouse” off, let charges come in, and see what the scrubber holds."
        return Step("Dry run", "waiting", "Not begun", detail, url, "To the automations")
    return Step(
        "Dry run",
        "good",
        "Done",
        f"{counted(scrubbed, 'claim was,claims were')} scrubbed.",
        "claims:exceptions",
        "See what it holds",
    )


def _go_live() -> Step:
    off = Automation.objects.filter(enabled=False).order_by("name").count()
    sends = Automation.objects.filter(name=SENDING, enabled=True).exists()
    sent = has_begun()
    url = "automations:list"
    if not sends:
        return Step(
            "Go live",
            "waiting",
            "Not live",
            "“Claims to the clearinghouse” is switched off: nothing leaves.",
            url,
            "Switch it on",
        )
    if not sent:
        return Step(
            "Go live",
            "waiting",
            "No claim sent yet",
            "The first file leaves with the next batch.",
            url,
            "To the automations",
        )
    if off:
        return Step(
            "Go live",
            "watch",
            "Live",
            f"{counted(off, 'automation is,automations are')} switched off.",
            url,
            "Look at them",
        )
    return Step("Go live", "good", "Live", "Every automation is on.", url, "Look at them")
