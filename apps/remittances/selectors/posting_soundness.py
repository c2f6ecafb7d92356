"""What `manage.py check_ledger` proves of postings: what payers said, what the rows keep, and what the entries moved."""

from apps.core.soundness import Check, faults_of

_AGAIN = "Read the remittance's segment; reverse what is wrong, and post the claim by hand."

_AMOUNTS = (
    # What a payer adjusts on the claim beside its lines (a row of its own, without a charge) reduces what the lines were paid.
    Check(
        "Claim {0}: its payers said that they paid {1}, its entries moved {2} out of clearing.",
        _AGAIN,
        """SELECT c.control_number, coalesce(said.paid, 0), coalesce(moved.amount, 0)
           FROM claims_claim c
           LEFT JOIN LATERAL (SELECT sum(a.paid - coalesce(beside.amount, 0)) AS paid
               FROM claims_adjudication a LEFT JOIN LATERAL (
                   SELECT sum(j.amount) AS amount FROM claims_adjudicationadjustment j
                   WHERE j.adjudication_id = a.id AND a.line_id IS NULL AND a.charge = 0 AND a.paid = 0) beside ON true
               WHERE a.claim_id = c.id) said ON true
           LEFT JOIN LATERAL (SELECT sum(l.amount) AS amount
               FROM remittances_remittedclaim r JOIN ledger_leg l ON l.entry_id = r.entry_id
               WHERE r.claim_id = c.id AND l.account = 'payer_clearing') moved ON true
           WHERE c.id > %(after)s AND c.id <= %(upto)s AND coalesce(said.paid, 0) <> coalesce(moved.amount, 0)""",
        "claims_claim",
    ),
    # A posting that was taken back before it was booked moved nothing, nor did what took it back.
    Check(
        "Payment {0}, claim {1} of it: the payer paid {2}, its entry moved {3} out of clearing.",
        _AGAIN,
        """SELECT p.public_id, r.number, r.paid, coalesce(moved.amount, 0)
           FROM remittances_remittedclaim r JOIN remittances_remittancepayment p ON p.id = r.payment_id
           LEFT JOIN LATERAL (SELECT sum(l.amount) AS amount FROM ledger_leg l
               WHERE l.entry_id = r.entry_id AND l.account = 'payer_clearing') moved ON true
           WHERE r.id > %(after)s AND r.id <= %(upto)s AND r.outcome IN ('posted', 'posted_with_denial', 'reversed')
           AND r.paid <> coalesce(moved.amount, 0)
           AND NOT (r.entry_id IS NULL AND (r.reverses_id IS NOT NULL
               OR EXISTS (SELECT FROM remittances_remittedclaim x WHERE x.reverses_id = r.id)))""",
        "remittances_remittedclaim",
    ),
    # A first answer on an untouched charge is posted as it stands; what later ones change depends on what is open.
    Check(
        "Claim {0}: its only answer says contractual {1} and patient's share {2}, its entry moved {3} and {4}.",
        _AGAIN,
        """WITH alone AS MATERIALIZED (
               SELECT r.claim_id, min(r.entry_id) AS entry_id FROM remittances_remittedclaim r
               WHERE r.claim_id > %(after)s AND r.claim_id <= %(upto)s
               GROUP BY r.claim_id HAVING count(*) = 1
                   AND bool_and(r.outcome IN ('posted', 'posted_with_denial') AND r.entry_id IS NOT NULL)
           )
           SELECT c.control_number, said.contractual, said.share, moved.contractual, moved.share
           FROM alone JOIN claims_claim c ON c.id = alone.claim_id JOIN ledger_entry own ON own.id = alone.entry_id
           CROSS JOIN LATERAL (SELECT count(*) AS number FROM claims_claim o WHERE o.encounter_id = c.encounter_id) visit
           CROSS JOIN LATERAL (SELECT sum(a.contractual) AS contractual, sum(a.cost_share) AS share
               FROM claims_adjudication a WHERE a.claim_id = c.id) said
           CROSS JOIN LATERAL (SELECT
                   coalesce(sum(l.amount) FILTER (WHERE l.account = 'contractual'), 0) AS contractual,
                   coalesce(sum(l.amount) FILTER (WHERE l.account = 'patient_receivable'), 0) AS share
               FROM ledger_leg l WHERE l.entry_id = alone.entry_id) moved
           CROSS JOIN LATERAL (SELECT coalesce(bool_or(e.id < alone.entry_id AND e.kind <> 'charge'), false) AS before
               FROM claims_claimline n JOIN ledger_leg l ON l.charge_id = n.charge_id
               JOIN ledger_entry e ON e.id = l.entry_id WHERE n.claim_id = c.id) touched
           WHERE (said.contractual, said.share) <> (moved.contractual, moved.share)
           AND visit.number = 1 AND NOT touched.before AND own.key NOT LIKE '%%:again:%%'""",
        "claims_claim",
    ),
    Check(
        "Payment {0}, adjustment {1} of it: the payer says {2}, its entry moved {3} through clearing.",
        _AGAIN,
        """SELECT p.public_id, a.number, a.amount, coalesce(-sum(l.amount), 0)
           FROM remittances_provideradjustment a JOIN remittances_remittancepayment p ON p.id = a.payment_id
           LEFT JOIN ledger_leg l ON l.entry_id = a.entry_id AND l.account = 'payer_clearing'
           WHERE a.id > %(after)s AND a.id <= %(upto)s AND a.entry_id IS NOT NULL
           GROUP BY p.id, a.id HAVING a.amount <> coalesce(-sum(l.amount), 0)""",
        "remittances_provideradjustment",
    ),
)
_COUNTS = (
    Check(
        "Remittance file {0} counts {1} claims, {2} stand in it.",
        "Read the file again with import_remittance; what is there already is not posted twice.",
        """SELECT f.public_id, kept.number, stands.number FROM remittances_remittancefile f
           CROSS JOIN LATERAL (SELECT coalesce(sum(value::int), 0) AS number FROM jsonb_each_text(f.counts)) kept
           CROSS JOIN LATERAL (SELECT count(DISTINCT (r.payment_id, r.number)) AS number
               FROM remittances_remittedclaim r JOIN remittances_remittancepayment p ON p.id = r.payment_id
               WHERE p.file_id = f.id) stands
           WHERE f.state = 'posted' AND f.id > %(after)s AND f.id <= %(upto)s AND kept.number <> stands.number""",
        "remittances_remittancefile",
    ),
    Check(
        "Claim {0}: the lines that are below the contract fall short by {2}, {1} is kept.",
        "Bring the kept amount to the sum of its lines that stand.",
        """SELECT c.control_number, u.short, coalesce(sum(n.short), 0) FROM remittances_underpayment u
           JOIN claims_claim c ON c.id = u.claim_id
           LEFT JOIN remittances_underpaidline n ON n.underpayment_id = u.id AND NOT n.taken_back
           WHERE u.id > %(after)s AND u.id <= %(upto)s AND u.state <> 'taken_back'
           GROUP BY u.id, c.id HAVING u.short <> coalesce(sum(n.short), 0)""",
        "remittances_underpayment",
    ),
)
_DIFFERENCES = tuple(
    Check(
        f"{what} {{0}}: {{1}} of it counts as booked differences, and they come to {{2}}.",
        "Take the difference back and book it again (Remittances, Deposits).",
        f"""SELECT s.public_id, s.differs, coalesce(sum(d.amount), 0) FROM {table} s
            LEFT JOIN remittances_depositdifference d ON d.{column} = s.id AND d.undone_at IS NULL
            WHERE s.id > %(after)s AND s.id <= %(upto)s
            GROUP BY s.id HAVING s.differs <> coalesce(sum(d.amount), 0)""",  # noqa: S608  names of ours, below
        table,
    )
    for what, table, column in (
        ("Bank line", "remittances_bankline", "line_id"),
        ("Deposit", "remittances_expecteddeposit", "expected_id"),
    )
)
_TASKS = (
    Check(
        "The open task of exception {0} says {1}, the exception {2}.",
        "Bring the task's amount to the exception's.",
        """SELECT x.public_id, w.amount_at_stake, x.amount
           FROM remittances_remittanceexception x JOIN worklist_workitem w ON w.id = x.work_item_id
           WHERE x.id > %(after)s AND x.id <= %(upto)s AND w.state = 'open' AND x.state = 'open'
           AND x.amount <> 0 AND w.amount_at_stake <> x.amount""",
        "remittances_remittanceexception",
    ),
    Check(
        "The open task of the money that exception {0} set apart says {1}, and {2} is left of it.",
        "Bring the task's amount to what is left (Remittances, Set apart).",
        """SELECT x.public_id, w.amount_at_stake, x.amount - coalesce(placed.drawn, 0) - coalesce(placed.refunded, 0)
           FROM remittances_remittanceexception x JOIN worklist_workitem w ON w.id = x.work_item_id
           CROSS JOIN LATERAL (SELECT
               (SELECT sum(h.drawn) FROM remittances_handremittance h WHERE h.source_id = x.id) AS drawn,
               (SELECT sum(l.amount) FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id AND l.account = 'unapplied_cash'
                WHERE e.key LIKE 'parked_refund:' || x.public_id || ':%%') AS refunded) placed
           WHERE x.id > %(after)s AND x.id <= %(upto)s AND w.state = 'open' AND x.state = 'settled'
           AND w.amount_at_stake <> x.amount - coalesce(placed.drawn, 0) - coalesce(placed.refunded, 0)""",
        "remittances_remittanceexception",
    ),
    Check(
        "The open task of underpayment {0} says {1}, the underpayment {2}.",
        "Bring the task's amount to the underpayment's.",
        """SELECT u.public_id, w.amount_at_stake, u.short
           FROM remittances_underpayment u JOIN worklist_workitem w ON w.id = u.work_item_id
           WHERE u.id > %(after)s AND u.id <= %(upto)s AND w.state = 'open' AND w.amount_at_stake <> u.short""",
        "remittances_underpayment",
    ),
)
# An entry that was reversed need not be named any more: what stands in its place is.
_NAMED = (
    Check(
        "Entry {0} was posted for a remittance, and no row names it.",
        "Reverse it: whatever it belongs to names another entry.",
        """SELECT e.key FROM ledger_entry e WHERE e.id > %(after)s AND e.id <= %(upto)s
           AND (e.kind = 'remittance' OR e.key LIKE 'deposit:%%' OR e.key LIKE 'plb:%%' OR e.key LIKE 'parked:%%'
               OR e.key LIKE 'bank_difference:%%')
           AND e.kind <> 'reversal'
           AND NOT EXISTS (SELECT FROM ledger_entry u WHERE u.reverses_id = e.id)
           AND NOT EXISTS (SELECT FROM remittances_remittedclaim r WHERE r.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM remittances_remittancepayment p WHERE p.deposit_entry_id = e.id)
           AND NOT EXISTS (SELECT FROM remittances_provideradjustment a WHERE a.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM remittances_remittanceexception x WHERE x.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM remittances_depositdifference d WHERE d.entry_id = e.id)""",
        "ledger_entry",
    ),
)


def posting_faults() -> list[str]:
    """One sentence a fault, the first few of each kind."""
    return faults_of((*_AMOUNTS, *_COUNTS, *_DIFFERENCES, *_TASKS, *_NAMED))
