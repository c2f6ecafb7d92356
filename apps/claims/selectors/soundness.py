"""What `manage.py check_ledger` proves of claims: totals, charges in the ledger, and the sums of what payers said."""

from apps.core.soundness import Check, faults_of

_CHECKS = (
    Check(
        "Claim {0}: its total is {1}, its lines sum to {2}.",
        "Compare both with the visit's charges, and correct the one that differs.",
        """SELECT c.control_number, c.total, coalesce(sum(l.amount), 0)
           FROM claims_claim c LEFT JOIN claims_claimline l ON l.claim_id = c.id
           WHERE c.id > %(after)s AND c.id <= %(upto)s
           GROUP BY c.id HAVING c.total <> coalesce(sum(l.amount), 0)""",
        "claims_claim",
    ),
    Check(
        "Claim {0}, line {1}: it bills {2}, its charge stands in the ledger with {3}.",
        "Reverse the charge's entry and post what was billed, or correct the claim.",
        # Of the few lines that do not bill what was posted first, what was posted last counts: their units may have been lowered.
        """WITH told AS (
               SELECT c.control_number, l.number, l.amount, l.charge_id, coalesce(sum(g.amount), 0) AS posted
               FROM claims_claimline l JOIN claims_claim c ON c.id = l.claim_id
               LEFT JOIN ledger_entry e ON e.key = 'charge:' || l.charge_id
               LEFT JOIN ledger_leg g ON g.entry_id = e.id
                   AND g.account IN ('insurance_receivable', 'patient_receivable') AND g.charge_id = l.charge_id
               WHERE l.id > %(after)s AND l.id <= %(upto)s
               GROUP BY c.id, l.id HAVING l.amount <> coalesce(sum(g.amount), 0)
           ), last AS (
               SELECT DISTINCT ON (g.charge_id) g.charge_id, g.amount
               FROM ledger_leg g JOIN ledger_entry e ON e.id = g.entry_id
               WHERE g.charge_id IN (SELECT charge_id FROM told) AND e.kind = 'charge'
                   AND g.account IN ('insurance_receivable', 'patient_receivable')
               ORDER BY g.charge_id, g.entry_id DESC
           )
           SELECT told.control_number, told.number, told.amount, coalesce(last.amount, told.posted)
           FROM told LEFT JOIN last USING (charge_id) WHERE told.amount <> coalesce(last.amount, told.posted)""",
        "claims_claimline",
    ),
    Check(
        "Claim {0}, answer {1}: contractual {2}, share {3}, denied {4}, allowed {5}; "
        "its adjustments come to {6}, {7}, {8}, {9}.",
        "Read the remittance's segment, and bring the answer's sums to what its adjustments say.",
        """WITH summed AS (
               SELECT a.id, coalesce(sum(j.amount) FILTER (WHERE j.adjustment_class = 'contractual'), 0) AS contractual,
                   coalesce(sum(j.amount) FILTER (WHERE j.adjustment_class = 'cost_share'), 0) AS cost_share,
                   coalesce(sum(j.amount) FILTER (WHERE j.adjustment_class = 'denial'), 0) AS denied,
                   coalesce(sum(j.amount) FILTER (WHERE j.adjustment_class = 'prior_payer'), 0) AS prior
               FROM claims_adjudication a LEFT JOIN claims_adjudicationadjustment j ON j.adjudication_id = a.id
               WHERE a.id > %(after)s AND a.id <= %(upto)s GROUP BY a.id
           )
           SELECT c.control_number, a.key, a.contractual, a.cost_share, a.denied, a.allowed,
               s.contractual, s.cost_share, s.denied, a.paid + s.cost_share + s.prior
           FROM summed s JOIN claims_adjudication a ON a.id = s.id JOIN claims_claim c ON c.id = a.claim_id
           WHERE (a.contractual, a.cost_share, a.denied, a.allowed)
               <> (s.contractual, s.cost_share, s.denied, a.paid + s.cost_share + s.prior)
           ORDER BY a.id""",
        "claims_adjudication",
    ),
    Check(
        "Claim {0}, line {1} was taken off and is not billed, but {2} of its charge stands open.",
        "Reverse the charge's entry, or put the line back.",
        """SELECT c.control_number, o.number, sum(g.amount)
           FROM claims_lineoff o JOIN claims_claim c ON c.id = o.claim_id JOIN ledger_leg g ON g.charge_id = o.charge_id
           WHERE o.state <> 'back' AND g.account IN ('insurance_receivable', 'patient_receivable')
               AND NOT EXISTS (SELECT FROM claims_claimline l WHERE l.charge_id = o.charge_id)
               AND o.id > %(after)s AND o.id <= %(upto)s
           GROUP BY c.id, o.id HAVING sum(g.amount) <> 0""",
        "claims_lineoff",
    ),
    Check(
        "Claim {0} waits for a person and has no open task, so the exception queue does not show it.",
        "Open the claim's page among the exceptions by its number, and scrub it again.",
        """SELECT c.control_number FROM claims_claim c LEFT JOIN worklist_workitem w ON w.id = c.work_item_id
               AND w.state = 'open' AND w.kind = 'claim_exception'
           WHERE c.id > %(after)s AND c.id <= %(upto)s AND c.status IN ('exception', 'rejected') AND w.id IS NULL""",
        "claims_claim",
    ),
    Check(
        "The open task of claim {0} says {1}, the claim's total is {2}.",
        "Close the task; if something is left to do, it is opened again by itself.",
        """SELECT c.control_number, w.amount_at_stake, c.total
           FROM claims_claim c JOIN worklist_workitem w ON w.id = c.work_item_id
           WHERE c.id > %(after)s AND c.id <= %(upto)s AND w.state = 'open' AND w.amount_at_stake <> c.total""",
        "claims_claim",
    ),
)


def claim_faults() -> list[str]:
    """One sentence a fault, the first few of each kind."""
    return faults_of(_CHECKS)
