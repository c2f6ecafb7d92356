"""Every periodic job: what it is called, when it runs by default, and why it exists. Times are practice-local.

`manage.py sync_schedule` writes these to django-celery-beat by name; what an operator changed there stays changed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job and its default crontab. `step` is a name in `steps.STEPS`."""

    name: str
    step: str
    title: str
    why: str
    minute: str
    hour: str
    day_of_week: str = "*"
    day_of_month: str = "*"


SCHEDULE = (
    Periodic(
        "end_of_day_charges", "pull_charges", "End-of-day charges",
        "Takes the day's completed charges from the EHR, builds and scrubs their claims, and sends them the same night.",
        "30", "18",
    ),
    Periodic(
        "late_charges", "pull_charges", "Late charges",
        "Takes charges that were entered after the end-of-day run, so that none waits for a second evening.",
        "30", "9",
    ),
    Periodic(
        "uncharged_visits", "list_uncharged_visits", "Visits without charges",
        "Asks the EHR once more, then gives the front desk each provider's visits of the days before that have no charges.",
        "10", "7", "1-5",
    ),
    Periodic(
        "charge_files", "import_charge_files", "Charge files",
        "Takes charge files from the drop folder, for an office whose EHR can only export.",
        "15", "18",
    ),
    Periodic(
        "eligibility", "pull_appointments", "Eligibility before the visit",
        "Asks each payer about the visits 24 to 48 hours ahead, and again about tomorrow's that are new, changed, failed or unanswered.",
        "0", "19",
    ),
    Periodic(
        "morning_eligibility", "pull_todays_appointments", "Eligibility on the day",
        "Asks about today's visits that are new or changed, or of which the payer would not answer for a day ahead;"
        " on days 1 to 3 of a month about all of them, since coverage ends with the month.",
        "30", "6",
    ),
    Periodic(
        "batches", "batch_claims", "Claims to the clearinghouse",
        "Sends what people mended and what is left of what passed scrubbing; most claims leave as soon as they have passed.",
        "45", "7-22",
    ),
    Periodic(
        "responses", "fetch_responses", "Answers from the clearinghouse",
        "Fetches acknowledgements and remittances, and has each read and posted.",
        "0", "6-22/2",
    ),
    Periodic(
        "unanswered_claims", "chase_unanswered", "Unanswered claims",
        "A claim without any answer after three days, or without a remittance in its payer's usual time, is a task.",
        "0", "8",
    ),
    Periodic(
        "rule_reviews", "review_payer_rules", "Reviews of rules",
        "Asks the owner of each rule once a quarter whether it still does what it was written for; it keeps running until then.",
        "5", "7",
    ),
    Periodic(
        "deposits", "reconcile_deposits", "Deposits against the bank",
        "Looks for each payment in the bank's lines, and says which payment never arrived and which money came without a remittance.",
        "10", "8",
    ),
    Periodic(
        "reminders", "plan_messages", "Patient messages",
        "Plans the notices of day 0, 7 and 14 within the hours in which they may be sent, and closes the sequence at day 21.",
        "45", "9-19/2",
    ),
    Periodic(
        "missed_payments", "fetch_payments", "Card payments nobody told us of",
        "Asks the card processor for payments whose notice never came.",
        "40", "5",
    ),
    Periodic(
        "balances", "open_balances", "Patient balances",
        "Looks over all balances: opens, changes and closes what the ledger changed and no step has seen.",
        "20", "6",
    ),
    Periodic(
        "refund_alerts", "alert_refunds", "Refunds that come due",
        "Tells again of a payer's credit 14, 7 and 1 days before it must be back, and on the day.",
        "15", "7",
    ),
    Periodic(
        "due_alerts", "plan_due_alerts", "Work that is due, by email",
        "Tells each person who switched it on in the worklist how much work is due; the email names no task and no patient.",
        "20", "7", "1-5",
    ),
    Periodic(
        "measures", "measure", "Measures of the day",
        "Keeps each metric as it stood, so that the trend is made of what was true on its day.",
        "30", "23",
    ),
    Periodic(
        "sweep", "sweep", "Work that was cut off",
        "Finds work that a crash or an outage left unfinished and starts it again.",
        "45", "5-22",
    ),
)  # fmt: skip
BY_NAME = {periodic.name: periodic for periodic in SCHEDULE}
