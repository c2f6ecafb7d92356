"""Every state as people see it: a word and a shape. One table, so that a state looks the same on every page.

Shapes are the design kit's: good a circle, watch a triangle, problem a diamond, active a half disc, waiting a ring,
off a dash.
Where two rooms use one value differently, the key names the kind first: "message.sent".
"""

from typing import NamedTuple


class Status(NamedTuple):
    word: str
    shape: str


_TABLE: dict[str, tuple[str, str]] = {
    # claims
    "draft": ("Draft", "waiting"),
    "exception": ("Held", "watch"),
    "ready": ("Ready to send", "active"),
    "batched": ("In a batch", "active"),
    "submitted": ("Sent", "waiting"),
    "acknowledged": ("File accepted", "waiting"),
    "accepted": ("Waiting for payer", "waiting"),
    "rejected": ("Rejected", "problem"),
    "paid": ("Paid", "good"),
    "partly_denied": ("Partly denied", "watch"),
    "denied": ("Denied", "problem"),
    "forwarded": ("With the next payer", "active"),
    "in_appeal": ("In appeal", "active"),
    "patient_balance": ("Patient owes", "waiting"),
    "closed": ("Closed", "good"),
    "written_off": ("Written off", "off"),
    "reversed": ("Reversed", "watch"),
    "voided": ("Voided", "off"),
    # a record opened in an emergency, once somebody has looked into it
    "in_order": ("In order", "good"),
    "not_in_order": ("Not in order", "problem"),
    # findings
    "block": ("Stops the claim", "problem"),
    "warn": ("Warning", "watch"),
    "info": ("For information", "waiting"),
    "fixed": ("Fixed", "good"),
    "overridden": ("Overridden", "off"),
    "superseded": ("Scrubbed again", "off"),
    "finding.open": ("Open", "watch"),
    # what became of a claim in a bulk fix
    "bulk_fix.ready": ("Fixed, ready to send", "good"),
    "bulk_fix.stopped": ("Fixed, still stopped", "watch"),
    "bulk_fix.changed": ("Changed meanwhile, skipped", "watch"),
    # lines taken off a claim
    "line_off.open": ("Not billed", "watch"),
    "line_off.back": ("Back on the claim", "good"),
    "line_off.unbilled": ("Left unbilled", "off"),
    # a credit of the bank without its remittance, a payment without its credit
    "deposit.to_confirm": ("To confirm", "watch"),
    "deposit.on_its_way": ("On its way", "waiting"),
    "deposit.no_835": ("Paid, no 835", "problem"),
    "deposit.unexplained": ("Not explained", "watch"),
    "deposit.late": ("Late", "watch"),
    "deposit.missing": ("Not received", "problem"),
    # a provider's enrollment with a payer
    "to_do": ("To do", "watch"),
    "applied": ("Applied", "waiting"),
    # what a payer answered when it was asked about a claim
    "with_them": ("The payer has it", "waiting"),
    "decided": ("Decided", "good"),
    "more_wanted": ("More is wanted", "watch"),
    "not_answered": ("Could not be answered", "watch"),
    "returned": ("Returned with its file", "problem"),
    # rules of the practice's own
    "payer_rule.draft": ("Draft", "waiting"),
    "payer_rule.on": ("On", "good"),
    "payer_rule.off": ("Off", "off"),
    # batches and transmissions
    "written": ("Written", "active"),
    "sending": ("Sending", "active"),
    "sent": ("Sent", "waiting"),
    "unknown": ("Not known if sent", "problem"),
    "not_sent": ("Not sent", "problem"),
    "batch.accepted": ("Accepted", "good"),
    "partly_accepted": ("Partly accepted", "watch"),
    "stored": ("Stored", "waiting"),
    "processed": ("Read", "good"),
    "failed": ("Failed", "problem"),
    # eligibility
    "waiting": ("Waiting", "waiting"),
    "asking": ("Asking the payer", "active"),
    "answered": ("Answered", "good"),
    "outage": ("Payer cannot be reached", "watch"),
    "active": ("Covered", "good"),
    "inactive": ("Not covered", "problem"),
    "not_found": ("Not found at payer", "problem"),
    "other_payer": ("Other plan pays first", "watch"),
    "eligibility.unknown": ("No clear answer", "watch"),
    "by_phone": ("Verify by phone", "watch"),
    "not_asked": ("Data is missing", "watch"),
    "new_coverage": ("New coverage entered", "good"),
    "self_pay": ("Self-pay", "off"),
    "rescheduled": ("Rescheduled", "off"),
    "verified": ("Verified by phone", "good"),
    # appointments
    "scheduled": ("Scheduled", "waiting"),
    "completed": ("Visit done", "good"),
    "cancelled": ("Canceled", "off"),
    "no_show": ("Did not come", "off"),
    # visits told or charged otherwise
    "no_charge": ("Nothing to charge", "off"),
    "kept": ("Ours kept", "good"),
    "taken": ("Theirs taken", "good"),
    "agreed": ("The EHR agrees", "good"),
    # remittances
    "underpayment.open": ("To look at", "watch"),
    "underpayment.disputed": ("Dispute sent", "active"),
    "underpayment.accepted": ("Accepted", "off"),
    "underpayment.schedule_wrong": ("Our schedule was wrong", "off"),
    "underpayment.taken_back": ("Taken back by the payer", "off"),
    "posted": ("Posted", "good"),
    "posted_with_denial": ("Posted with denial", "watch"),
    "duplicate": ("Duplicate", "off"),
    "unmatched": ("No claim found", "watch"),
    "unbalanced": ("Does not balance", "problem"),
    "approved": ("Approved", "good"),
    "refused": ("Refused", "problem"),
    "informational": ("For information", "off"),
    "parked": ("Not ours", "watch"),
    "split": ("Split by hand", "good"),
    "settled": ("Settled", "good"),
    "deposit.open": ("No 835 yet", "watch"),
    "matched": ("Matched", "good"),
    "set_aside": ("Set aside", "off"),
    "earlier": ("Before the first statement", "waiting"),
    "received": ("In the bank", "good"),
    "proposed": ("To confirm", "watch"),
    "standing": ("Matched", "good"),
    "undone": ("Taken apart", "off"),
    # denials
    "open": ("Open", "watch"),
    "corrected": ("Corrected claim sent", "active"),
    "appealed": ("In appeal", "active"),
    "recovered": ("Recovered", "good"),
    "upheld": ("Refused again", "problem"),
    "released": ("Patient owes", "off"),
    # patient balances, messages, payments
    "balance.open": ("Open", "waiting"),
    "sequence_done": ("To review", "watch"),
    "stopped": ("Stopped", "watch"),
    "withdrawn": ("Withdrawn", "off"),
    "not_needed": ("Not needed", "off"),
    "credit": ("Paid too much", "watch"),
    "dispute.open": ("Disputed", "watch"),
    "dispute.won": ("Won", "good"),
    "dispute.lost": ("Lost", "problem"),
    "dispute.closed": ("Closed", "off"),
    "joined": ("Sent with another", "off"),
    "to_mail": ("To be mailed", "watch"),
    "message.sent": ("Sent, not confirmed", "waiting"),
    "delivered": ("Delivered", "good"),
    "started": ("Started, not paid", "active"),
    # work and runs
    "done": ("Done", "good"),
    "running": ("Running", "active"),
    # report verdicts
    "on_target": ("On target", "good"),
    "watch": ("Watch", "watch"),
    "problem": ("Problem", "problem"),
    "no_data": ("No data", "waiting"),
}
STATUSES = {key: Status(*entry) for key, entry in _TABLE.items()}


def status_of(value: str, kind: str = "") -> Status:
    """The word and shape of a state, first as `kind.value`, then as `value`. An unknown value keeps its own word."""
    known = STATUSES.get(f"{kind}.{value}") or STATUSES.get(value)
    return known or Status(value.replace("_", " ").capitalize(), "off")
