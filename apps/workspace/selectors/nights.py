"""What ran by itself since yesterday evening: the latest run of each step that did something or failed."""

from dataclasses import dataclass
from datetime import datetime

from apps.core.models import JobRun

# Steps that people follow, in our words. Steps with a key (one message, one batch) are told by the step that planned them.
STEP_WORDS = {
    "pull_charges": "Charges from the EHR",
    "import_charge_files": "Charge files",
    "build_claims": "Claims built",
    "scrub_claims": "Scrub",
    "batch_claims": "Batches written",
    "fetch_responses": "Answers fetched",
    "acknowledge_claims": "Acknowledgments read",
    "post_remittances": "Remittances posted",
    "build_secondaries": "Claims to next payers built",
    "check_contracts": "Payments against contracts",
    "reconcile_deposits": "Deposits in the bank",
    "open_denials": "Denials routed",
    "open_balances": "Patient balances",
    "plan_messages": "Balance messages",
    "fetch_payments": "Payments looked up",
    "pull_appointments": "Appointments from the EHR",
    "plan_checks": "Eligibility checks",
    "chase_unanswered": "Unanswered claims",
    "chase_crossovers": "Claims passed on without an answer",
    "ask_status": "Payers asked about claims",
    "review_payer_rules": "Reviews of payers' rules",
}
EXCEPTIONS = ("held", "exceptions", "rejected", "refused", "failed", "underpaid")
NEWEST = 400


@dataclass(frozen=True, slots=True)
class Run:
    title: str
    at: datetime
    detail: str
    state: str


def latest_runs(since: datetime) -> list[Run]:
    """One query; oldest first, as the night went."""
    rows = JobRun.objects.filter(step__in=STEP_WORDS, started_at__gte=since).order_by("-started_at")[:NEWEST]
    newest: dict[str, JobRun] = {}
    for row in rows:
        if row.step not in newest and (row.state != JobRun.State.DONE or any(row.counts.values())):
            newest[row.step] = row
    return [_run(row) for row in sorted(newest.values(), key=lambda row: row.started_at)]


def _run(row: JobRun) -> Run:
    title, at = STEP_WORDS[row.step], row.finished_at or row.started_at
    if row.state == JobRun.State.FAILED:
        return Run(title, at, "Failed; it is tried again by itself", "problem")
    if row.state == JobRun.State.RUNNING:
        return Run(title, at, "Running now", "now")
    # What went well first, what waits for somebody last.
    counts = sorted(row.counts.items(), key=lambda pair: pair[0] in EXCEPTIONS)
    detail = ", ".join(counted(number, name) for name, number in counts if number)
    return Run(title, at, detail, "watch" if any(row.counts.get(name) for name in EXCEPTIONS) else "")


def counted(number: int, name: str) -> str:
    """A run's count in words: "1 visit", "12 visits"."""
    words = name.replace("_", " ")
    return f"{number:,} {words.removesuffix('s') if number == 1 else words}"
