"""What `manage.py check_ledger` proves of patients' money: payments, refunds and balances against the ledger."""

from apps.core.soundness import Check, faults_of

_CHECKS = (
    Check(
        "Patient payment {0}: it says {1}, its entry moved {2} of what its patients owe.",
        "Compare with the card processor, and correct the one that differs.",
        # Several balances paid at once share an entry: the first of its payments stands for all.
        """SELECT p.reference, said.amount, coalesce(moved.amount, 0)
           FROM patient_balances_patientpayment p
           CROSS JOIN LATERAL (SELECT coalesce(sum(q.amount), p.amount) AS amount
               FROM patient_balances_patientpayment q WHERE q.entry_id = p.entry_id AND q.state = 'paid') said
           LEFT JOIN LATERAL (SELECT -sum(l.amount) AS amount FROM ledger_leg l
               WHERE l.entry_id = p.entry_id AND l.account = 'patient_receivable') moved ON true
           WHERE p.state = 'paid' AND p.id > %(after)s AND p.id <= %(upto)s
           AND NOT EXISTS (SELECT FROM patient_balances_patientpayment q
               WHERE q.entry_id = p.entry_id AND q.state = 'paid' AND q.id < p.id)
           AND said.amount <> coalesce(moved.amount, 0)""",
        "patient_balances_patientpayment",
    ),
    Check(
        "Refund {0}: it says {1}, its entry moved {2} out of the refunds account.",
        "Compare with the bank, and correct the one that differs.",
        """SELECT r.number, said.amount, moved.amount
           FROM patient_balances_refund r
           CROSS JOIN LATERAL (SELECT sum(q.amount) AS amount FROM patient_balances_refund q
               WHERE q.entry_id = r.entry_id) said
           CROSS JOIN LATERAL (SELECT coalesce(-sum(l.amount), 0) AS amount FROM ledger_leg l
               WHERE l.entry_id = r.entry_id AND l.account = 'refunds') moved
           WHERE r.id > %(after)s AND r.id <= %(upto)s
           AND NOT EXISTS (SELECT FROM patient_balances_refund q WHERE q.entry_id = r.entry_id AND q.id < r.id)
           AND said.amount <> moved.amount""",
        "patient_balances_refund",
    ),
    Check(
        "Balance {0} is {1}, and in the ledger its patient owes {2}.",
        "Run the step open_balances (Automations); if it stays, settle the balance by hand.",
        """SELECT b.public_id, b.state, coalesce(owed.amount, 0)
           FROM patient_balances_balance b LEFT JOIN LATERAL (
               SELECT sum(l.amount) AS amount FROM intake_charge h JOIN ledger_leg l ON l.charge_id = h.id
               WHERE h.encounter_id = b.encounter_id AND l.account = 'patient_receivable') owed ON true
           WHERE b.id > %(after)s AND b.id <= %(upto)s
           AND (b.state IN ('paid', 'written_off') AND coalesce(owed.amount, 0) <> 0
               OR b.state = 'credit' AND coalesce(owed.amount, 0) >= 0)""",
        "patient_balances_balance",
    ),
    Check(
        "Entry {0} is a patient's payment that no payment names.",
        "Find the payment at the card processor, and reverse the entry if there is none.",
        """SELECT e.key FROM ledger_entry e WHERE e.kind = 'patient_payment' AND e.id > %(after)s AND e.id <= %(upto)s
           AND NOT EXISTS (SELECT FROM patient_balances_patientpayment p WHERE p.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM patient_balances_straypayment s WHERE s.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM patient_balances_carddispute d WHERE d.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM patient_balances_disputereturn d WHERE d.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)""",
        "ledger_entry",
    ),
    Check(
        "Card dispute {0}: the bank keeps {1}, and its entries moved {2}.",
        "Compare with the card processor, and correct the one that differs.",
        """SELECT d.dispute_id, said.amount, moved.amount
           FROM patient_balances_carddispute d
           CROSS JOIN LATERAL (SELECT d.amount - d.restored_amount AS amount) said
           CROSS JOIN LATERAL (SELECT coalesce(-sum(l.amount), 0) AS amount FROM ledger_leg l
               WHERE l.account IN ('refunds', 'deposits') AND (l.entry_id = d.entry_id OR l.entry_id IN (
                   SELECT r.entry_id FROM patient_balances_disputereturn r WHERE r.dispute_id = d.id))) moved
           WHERE d.entry_id IS NOT NULL AND d.id > %(after)s AND d.id <= %(upto)s AND said.amount <> moved.amount""",
        "patient_balances_carddispute",
    ),
    Check(
        "The open task of write-off request {0} says {1}, the request {2}.",
        "Refuse the request, and ask anew.",
        """SELECT q.public_id, w.amount_at_stake, q.amount
           FROM patient_balances_writeoffrequest q JOIN worklist_workitem w ON w.id = q.work_item_id
           WHERE q.id > %(after)s AND q.id <= %(upto)s AND w.state = 'open' AND w.amount_at_stake <> q.amount""",
        "patient_balances_writeoffrequest",
    ),
)


def balance_faults() -> list[str]:
    """One sentence a fault, the first few of each kind."""
    return faults_of(_CHECKS)
