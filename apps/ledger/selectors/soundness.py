"""What `manage.py check_ledger` proves of the ledger itself, without trusting the triggers that should make it true."""

from apps.core.soundness import Check, faults_of

_RESTORE = "No program writes this: compare with a backup, and restore the rows."
_REBUILD = "Run manage.py rebuild_balances, which works it out anew."
_CHECKS = (
    Check(
        "The ledger as a whole sums to {1}, not to zero.",
        "The entries below say where.",
        "SELECT 'all', sum(amount) FROM ledger_leg HAVING sum(amount) <> 0",
    ),
    Check(
        "Entry {0} has legs that sum to {1}.",
        _RESTORE,
        """SELECT e.key, sum(l.amount) FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id
           WHERE e.id > %(after)s AND e.id <= %(upto)s GROUP BY e.id HAVING sum(l.amount) <> 0""",
        "ledger_entry",
    ),
    Check(
        "Entry {0} has no legs.",
        _RESTORE,
        """SELECT e.key FROM ledger_entry e WHERE e.id > %(after)s AND e.id <= %(upto)s
           AND NOT EXISTS (SELECT FROM ledger_leg l WHERE l.entry_id = e.id)""",
        "ledger_entry",
    ),
    Check(
        "Leg {0} belongs to no entry.",
        _RESTORE,
        """SELECT l.id FROM ledger_leg l WHERE l.id > %(after)s AND l.id <= %(upto)s
           AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = l.entry_id)""",
        "ledger_leg",
    ),
    Check(
        "The key {0} stands {1} times.",
        "One cause was posted more than once: reverse the later entries.",
        "SELECT key, count(*) FROM ledger_entry GROUP BY key HAVING count(*) > 1",
    ),
    Check(
        "Reversal {0} does not undo its entry: {1} remain.",
        _RESTORE,
        """SELECT r.key, sum(abs(rest)) FROM ledger_entry r CROSS JOIN LATERAL (
               SELECT sum(l.amount) AS rest FROM ledger_leg l WHERE l.entry_id IN (r.id, r.reverses_id)
               GROUP BY l.account, l.charge_id, l.patient_id, l.payer_id) parts
           WHERE r.reverses_id IS NOT NULL AND r.id > %(after)s AND r.id <= %(upto)s
           GROUP BY r.id HAVING sum(abs(rest)) <> 0""",
        "ledger_entry",
    ),
    Check(
        "Entry {0} was posted into {1} after that month was closed.",
        "Reverse it, and post it in the open month.",
        """SELECT e.key, to_char(c.month, 'YYYY-MM') FROM ledger_closedmonth c JOIN ledger_entry e
           ON e.posted_on >= c.month AND e.posted_on < c.month + interval '1 month' AND e.created_at > c.closed_at
           WHERE e.id > %(after)s AND e.id <= %(upto)s""",
        "ledger_entry",
    ),
    Check(
        "Charge line {0} is kept as {1} (payers, patient, charged, contractual, other, written off); its legs come to {2}.",
        _REBUILD,
        """SELECT charge_id, coalesce(array_to_string(kept.sums, ', '), 'nothing'), coalesce(array_to_string(legs.sums, ', '), 'nothing')
           FROM (SELECT charge_id, ARRAY[insurance_receivable, patient_receivable, coalesce(revenue, 0), contractual,
                     other_adjustment, write_off] AS sums, revenue IS NOT NULL AS charged
                 FROM ledger_chargebalance WHERE charge_id > %(after)s AND charge_id <= %(upto)s) kept
           FULL JOIN (SELECT charge_id, ARRAY[
                     coalesce(sum(amount) FILTER (WHERE account = 'insurance_receivable'), 0),
                     coalesce(sum(amount) FILTER (WHERE account = 'patient_receivable'), 0),
                     coalesce(sum(amount) FILTER (WHERE account = 'revenue'), 0),
                     coalesce(sum(amount) FILTER (WHERE account = 'contractual'), 0),
                     coalesce(sum(amount) FILTER (WHERE account = 'other_adjustment'), 0),
                     coalesce(sum(amount) FILTER (WHERE account = 'write_off'), 0)] AS sums,
                     bool_or(account = 'revenue') AS charged
                 FROM ledger_leg WHERE charge_id > %(after)s AND charge_id <= %(upto)s GROUP BY charge_id) legs
           USING (charge_id)
           WHERE kept.sums IS DISTINCT FROM legs.sums OR kept.charged IS DISTINCT FROM legs.charged""",
        "intake_charge",
    ),
    Check(
        "Visit {0} is kept as owing {1} (payers, patient); its charge lines come to {2}.",
        _REBUILD,
        """SELECT encounter_id, coalesce(array_to_string(kept.sums, ', '), 'nothing'), coalesce(array_to_string(legs.sums, ', '), 'nothing')
           FROM (SELECT encounter_id, ARRAY[insurance_receivable, patient_receivable] AS sums
                 FROM ledger_visitbalance WHERE encounter_id > %(after)s AND encounter_id <= %(upto)s) kept
           FULL JOIN (SELECT c.encounter_id, ARRAY[
                     coalesce(sum(l.amount) FILTER (WHERE l.account = 'insurance_receivable'), 0),
                     coalesce(sum(l.amount) FILTER (WHERE l.account = 'patient_receivable'), 0)] AS sums
                 FROM intake_charge c JOIN ledger_leg l ON l.charge_id = c.id
                 WHERE c.encounter_id > %(after)s AND c.encounter_id <= %(upto)s GROUP BY c.encounter_id) legs
           USING (encounter_id)
           WHERE kept.sums IS DISTINCT FROM legs.sums""",
        "intake_encounter",
    ),
)


def ledger_faults() -> list[str]:
    """One sentence a fault, the first few of each kind; empty when the books are sound."""
    return faults_of(_CHECKS)
