"""The journey of a charge, one function a step. Read it from top to bottom.

A step loads nothing and decides nothing: it calls one service of one room and says which steps follow. Only here does news travel
upward or sideways between rooms (ARCHITECTURE law 1). A step without a key looks for everything that is due; a step with a key does
one outside effect for one row. Both may be called again at any time: rows' states say what is left to do (law 3).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from apps.automations import sweeping
from apps.automations.following import NOBODY, Done, each, then
from apps.automations.lateness import tell_of_late
from apps.automations.timetable import is_switched_off
from apps.claims import services as claims
from apps.connectors.models import Connection
from apps.connectors.ports.errors import ConnectorError
from apps.connectors.registry import NoConnectionError, connection_if_any, connection_of
from apps.connectors.try_out import run_try_out
from apps.core import clock
from apps.denials import services as denials
from apps.denials.selectors import undecided_claims
from apps.eligibility import services as eligibility
from apps.intake import services as intake
from apps.patient_balances import services as balances
from apps.patient_balances.selectors.due import billed_anyway
from apps.practice import services as practice
from apps.remittances import services as remittances
from apps.reports import services as reports
from apps.worklist import services as worklist

# Charges entered late still belong to their day's visit; appointments are looked at as far as a long weekend reaches.
CHARGE_DAYS_BACK = timedelta(days=7)
APPOINTMENT_DAYS_AHEAD = timedelta(days=6)
# A visit's state is looked at anew over a long weekend: what was cancelled late is not missing its charges.
APPOINTMENT_DAYS_BACK = timedelta(days=4)

# A run that began this long ago and did not end was cut off.
LONGEST_RUN = timedelta(hours=1)


# --- The charge leaves the EHR -------------------------------------------------------------------------------------------------


def pull_charges(_key: str, now: datetime) -> Done:
    ehr = connection_if_any(Connection.Kind.EHR)
    if ehr is None:
        return NOBODY
    today = clock.practice_date(now)
    found = intake.pull_charges(connection=ehr, first=today - CHARGE_DAYS_BACK, last=today, now=now)
    counts = {
        "new visits": found.new,
        "already imported": found.known,
        "changed": found.changed,
        "refused": len(found.refused),
    }
    return Done(counts, then(found.new + found.changed, "build_claims"))


def receive_ehr_event(key: str, now: datetime) -> Done:
    found = intake.receive_event(transmission_id=key, now=now)
    # A visit booked at short notice is asked about at once (DOMAIN 3).
    follows = then(len(found.encounters), "build_claims") + then(len(found.appointments), "plan_checks")
    return Done({"visits": len(found.encounters)}, follows)


def import_charge_files(_key: str, now: datetime) -> Done:
    found = intake.import_dropped_files(now=now)
    return Done({"files": found.files, "visits": found.new}, then(found.new, "build_claims"), found.failure)


def list_uncharged_visits(_key: str, now: datetime) -> Done:
    """The EHR is asked first for what was entered late; where it cannot be asked, the list is made of what is known."""
    asked, failure = Done(), None
    try:
        asked = pull_charges("", now)
        yesterday = clock.practice_date(now) - timedelta(days=1)
        connection = connection_of(Connection.Kind.EHR)
        intake.pull_appointments(
            connection=connection, first=yesterday - APPOINTMENT_DAYS_BACK, last=yesterday, now=now
        )
    except NoConnectionError:
        pass  # an office whose charges come as files only
    except ConnectorError as problem:
        failure = problem
    noted = intake.note_uncharged(now=now)
    counts = {"visits without charges": noted.visits, "tasks": noted.opened, "settled": noted.withdrawn}
    return Done(counts, asked.then, failure)


# --- It becomes a claim, is scrubbed, goes out and is answered -----------------------------------------------------------------


def build_claims(_key: str, now: datetime) -> Done:
    built = claims.build_claims(now=now)
    follows = then(built.built, "scrub_claims") + then(built.more, "build_claims")
    follows += then(built.self_pay, "open_balances")
    return Done({"built": built.built, "self_pay": built.self_pay}, follows)


def scrub_claims(_key: str, now: datetime) -> Done:
    scrubbed = claims.scrub_claims(now=now)
    follows = then(scrubbed.more, "scrub_claims") + then(scrubbed.waiting, "send_ready")
    return Done({"passed": scrubbed.passed, "held": scrubbed.held}, follows)


def send_ready(_key: str, now: datetime) -> Done:
    """What passed leaves at once, whatever brought it: a checkout's claim is delivered within two minutes. Not while an administrator has
    "Claims to the clearinghouse" switched off; what a person mended waits for its hour, with what else was mended.
    """
    return Done() if is_switched_off("batches") else batch_claims("", now)


def fix_in_bulk(key: str, now: datetime) -> Done:
    """One chunk of what a person asked for in one go."""
    fixed = claims.run_bulk_fix(bulk_id=key, now=now)
    return Done({"claims": fixed.claims}, (("fix_in_bulk", key),) if fixed.more else ())


def batch_claims(_key: str, now: datetime) -> Done:
    batched = claims.batch_claims(now=now)
    return Done({"claims": batched.claims, "files": len(batched.batches)}, each("submit_batch", batched.batches))


def submit_batch(key: str, now: datetime) -> Done:
    claims.submit_batch(batch_id=key, now=now)
    return Done({"batches": 1})


def fetch_responses(_key: str, now: datetime) -> Done:
    clearinghouse = connection_if_any(Connection.Kind.CLEARINGHOUSE)
    if clearinghouse is None:
        return NOBODY
    fetched = claims.fetch_responses(connection=clearinghouse, now=now)
    follows = then(fetched.acknowledgements, "acknowledge_claims") + then(fetched.remittances, "post_remittances")
    return Done({"files": fetched.files}, follows)


def acknowledge_claims(_key: str, now: datetime) -> Done:
    answered = claims.acknowledge_claims(now=now)
    return Done({"accepted": answered.accepted, "rejected": answered.rejected})


def chase_unanswered(_key: str, now: datetime) -> Done:
    chased = claims.chase_unanswered(now=now)
    return Done({"claims": chased.claims}, (*then(chased.more, "chase_unanswered"), ("chase_crossovers", "")))


def chase_crossovers(_key: str, now: datetime) -> Done:
    chased = claims.chase_crossovers(now=now)
    return Done({"claims": chased.claims}, (*then(chased.more, "chase_crossovers"), ("ask_status", "")))


def ask_status(_key: str, now: datetime) -> Done:
    asked = claims.ask_status(now=now)
    counts = {"claims": asked.claims if asked.sent else 0, "failed": 0 if asked.sent else asked.claims}
    return Done(counts, then(asked.more and asked.sent, "ask_status"))


def review_payer_rules(_key: str, now: datetime) -> Done:
    return Done({"reviews": claims.review_rules(now=now)})


# --- The payer's answer is posted; a denial is routed, a cost share becomes a balance ------------------------------------------


def post_remittances(_key: str, now: datetime) -> Done:
    """A file that fails keeps no other's claims from being followed, and may have posted its own first ones."""
    posted = remittances.post_remittances(now=now)
    return Done(
        {"files": posted.files, "claims": posted.claims, "exceptions": posted.exceptions, "refused": posted.refused},
        then(
            posted.files + len(posted.failures),
            "open_denials",
            "build_secondaries",
            "open_balances",
            "check_contracts",
            "reconcile_deposits",
        ),
        next(iter(posted.failures), None),
    )


def build_secondaries(_key: str, now: datetime) -> Done:
    """Not for a patient of whom a person decided that the bill goes out in spite of another plan."""
    built = claims.build_secondaries(now=now, without=billed_anyway())
    follows = then(built.built, "scrub_claims", "open_balances") + then(built.more, "build_secondaries")
    return Done({"built": built.built}, follows)


def reconcile_deposits(_key: str, now: datetime) -> Done:
    """Nothing follows: cash was debited when the payment came in, and a match only proves it."""
    found = remittances.reconcile_deposits(now=now)
    counts = {
        "matched": found.matched,
        "proposed": found.proposed,
        "set aside": found.set_aside,
        "alerts": found.opened,
    }
    return Done(counts)


def follow_postings(_key: str, now: datetime) -> Done:  # noqa: ARG001  a step
    """A person posted, settled or released something: what it opens is looked for in the rooms above."""
    return Done(then=then(1, "open_denials", "build_secondaries", "open_balances", "check_contracts"))


def check_contracts(_key: str, now: datetime) -> Done:
    """After the posting and apart from it: what was allowed is compared with the payer's fee schedule."""
    checked = remittances.check_contracts(now=now)
    return Done({"lines": checked.lines, "underpaid": checked.underpaid, "taken back": checked.taken_back})


def open_denials(_key: str, now: datetime) -> Done:
    opened = denials.open_denials(now=now)
    return Done({"denials": opened.opened, "settled": opened.settled})


def open_balances(_key: str, now: datetime) -> Done:
    """What is refused and undecided is its denial's to look after."""
    opened = balances.open_balances(now=now, undecided=undecided_claims())
    return Done({"opened": opened.opened, "closed": opened.closed}, then(opened.opened, "plan_messages"))


def alert_refunds(_key: str, now: datetime) -> Done:
    return Done({"alerts": balances.alert_refunds(now=now)})


# --- The patient is told, and pays ---------------------------------------------------------------------------------------------


def plan_messages(_key: str, now: datetime) -> Done:
    planned = balances.plan_messages(now=now)
    counts = {"messages": planned.planned, "letters": planned.letters, "closed": planned.closed}
    return Done(counts, each("send_message", planned.messages))


def send_message(key: str, now: datetime) -> Done:
    balances.send_message(message_id=key, now=now)
    return Done({"messages": 1})


def receive_message_event(key: str, now: datetime) -> Done:
    """Whatever waited until this was read leaves now."""
    balances.receive_message_event(transmission_id=key, now=now)
    return Done({"events": 1}, each("send_message", balances.release_held(now=now)))


def receive_payment_event(key: str, now: datetime) -> Done:
    """As above."""
    balances.receive_payment_event(transmission_id=key, now=now)
    return Done({"events": 1}, each("send_message", balances.release_held(now=now)))


def fetch_payments(_key: str, now: datetime) -> Done:
    if connection_if_any(Connection.Kind.PAYMENTS) is None:
        return NOBODY
    fetched = balances.fetch_payments(now=now)
    return Done({"payments": fetched.posted}, failure=next(iter(fetched.failures), None))


# --- Before the visit ----------------------------------------------------------------------------------------------------------


def pull_appointments(_key: str, now: datetime) -> Done:
    return _pull_and_plan(APPOINTMENT_DAYS_AHEAD, now)


def pull_todays_appointments(_key: str, now: datetime) -> Done:
    return _pull_and_plan(timedelta(), now)


def _pull_and_plan(ahead: timedelta, now: datetime) -> Done:
    """Where the EHR cannot be asked, or what it tells cannot be read, payers are asked about the visits that are known."""
    today = clock.practice_date(now)
    end, planning = today + ahead, (("plan_checks", ""),)
    try:
        ehr = connection_if_any(Connection.Kind.EHR)
        if ehr is None:
            return Done(NOBODY.counts, planning)
        found = intake.pull_appointments(connection=ehr, first=today, last=end, now=now)
    except Exception as problem:  # noqa: BLE001  whatever it is, it is raised once that is under way
        return Done(then=planning, failure=problem)
    return Done({"appointments": found.new, "changed": found.changed, "refused": len(found.refused)}, planning)


def plan_checks(_key: str, now: datetime) -> Done:
    planned = eligibility.plan_checks(now=now)
    return Done({"checks": planned.planned, "by phone": planned.by_phone}, each("check_eligibility", planned.checks))


def check_eligibility(key: str, now: datetime) -> Done:
    """What the payer says may release claims that wait for it, or stop some that are ready."""
    eligibility.check_eligibility(check_id=key, now=now)
    return Done({"checks": 1}, then(claims.follow_patients(now=now), "scrub_claims"))


# --- What stands, and what was left behind -------------------------------------------------------------------------------------


def measure(_key: str, now: datetime) -> Done:
    return Done({"metrics": reports.take_snapshots(now=now)})


def sweep(_key: str, now: datetime) -> Done:
    """Only asks and nudges: a vendor that refuses one of the steps keeps none of the others from being swept."""
    sweeping.close_interrupted_runs(before=now - LONGEST_RUN)
    late = tell_of_late(now=now)
    left = sweeping.left_behind(now=now)
    return Done({"steps": len(left), "late automations": late}, left)


def recover_sends(_key: str, now: datetime) -> Done:
    found = claims.recover_sends(now=now)
    counts = {"sent": found.sent, "to retry": found.to_retry, "unknown": found.unknown}
    return Done(counts, failure=next(iter(found.failures), None))


def recover_inquiries(_key: str, now: datetime) -> Done:
    return Done({"given up": claims.recover_inquiries(now=now)})


def recover_messages(_key: str, now: datetime) -> Done:
    found = balances.recover_messages(now=now)
    return Done({"sent": found.sent, "waiting": found.waiting, "unknown": found.unknown})


def recover_checks(_key: str, now: datetime) -> Done:
    found = eligibility.recover_checks(now=now)
    return Done({"waiting again": found.waiting_again, "recorded": found.recorded, "closed": found.closed})


def send_invitation(key: str, now: datetime) -> Done:
    return Done({"mails": int(practice.send_invitation(invitation_id=key, now=now))})


def plan_due_alerts(_key: str, now: datetime) -> Done:
    return Done({"mails": worklist.plan_due_alerts(now=now)})


def send_due_alert(key: str, now: datetime) -> Done:
    return Done({"mails": int(worklist.send_due_alert(alert_id=key, now=now))})


# --- A person wants to know ----------------------------------------------------------------------------------------------------


def try_connection(key: str, now: datetime) -> Done:
    return Done({"tests": run_try_out(run_id=key, now=now)})


Step = Callable[[str, datetime], Done]
STEPS: dict[str, Step] = {
    step.__name__: step
    for step in (
        pull_charges,
        receive_ehr_event,
        import_charge_files,
        list_uncharged_visits,
        build_claims,
        scrub_claims,
        fix_in_bulk,
        send_ready,
        batch_claims,
        submit_batch,
        fetch_responses,
        acknowledge_claims,
        chase_unanswered,
        chase_crossovers,
        ask_status,
        review_payer_rules,
        post_remittances,
        build_secondaries,
        reconcile_deposits,
        follow_postings,
        check_contracts,
        open_denials,
        open_balances,
        alert_refunds,
        plan_messages,
        send_message,
        receive_message_event,
        receive_payment_event,
        fetch_payments,
        pull_appointments,
        pull_todays_appointments,
        plan_checks,
        check_eligibility,
        measure,
        sweep,
        recover_sends,
        recover_inquiries,
        recover_messages,
        recover_checks,
        send_invitation,
        plan_due_alerts,
        send_due_alert,
        try_connection,
    )
}
