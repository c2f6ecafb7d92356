"""What `manage.py check_ledger` proves of denials: what is at risk, and what came of it."""

from apps.core.soundness import Check, faults_of

_CHECKS = (
    Check(
        "Denial {0} of claim {1}: {2} is at risk, the payer's answer denies {3}.",
        "Bring the denial's amount to what the answer denies.",
        """SELECT d.public_id, c.control_number, d.amount, a.denied
           FROM denials_denial d JOIN claims_adjudication a ON a.id = d.adjudication_id
           JOIN claims_claim c ON c.id = d.claim_id
           WHERE d.id > %(after)s AND d.id <= %(upto)s AND (d.amount > a.denied OR d.amount < a.denied AND NOT EXISTS (
               SELECT 1 FROM claims_adjudication e JOIN claims_claim other ON other.id = e.claim_id
               WHERE other.encounter_id = c.encounter_id AND e.payer_id <> a.payer_id AND e.id < a.id))""",
        "denials_denial",
    ),
    Check(
        "Denial {0}: {1} counts as recovered, and it is {2}.",
        "A recovered denial has an amount, and no other does: correct its state or its amount.",
        """SELECT d.public_id, coalesce(d.recovered_amount::text, 'nothing'), d.state FROM denials_denial d
           WHERE d.id > %(after)s AND d.id <= %(upto)s
           AND (d.state = 'recovered' AND d.recovered_amount IS NULL
               OR d.state <> 'recovered' AND d.recovered_amount <> 0)""",
        "denials_denial",
    ),
    # What stood when it was decided is known as long as no later answer was taken back since.
    Check(
        "Denial {0}: {1} counts as recovered, the later answers paid {2}.",
        "Bring the recovered amount to what the later answers paid.",
        # Another payer's money settles the patient's share first (rules/later.py).
        """WITH later AS (
               SELECT d.id, d.recovered_amount AS kept, greatest(
                   coalesce(sum(a.paid) FILTER (WHERE counts AND a.payer_id = d.payer_id), 0)
                   + greatest(coalesce(sum(a.paid) FILTER (WHERE counts AND a.payer_id <> d.payer_id), 0)
                       - CASE WHEN own.reversed THEN 0 ELSE with_it.share END, 0)
                   - CASE WHEN own.reversed THEN with_it.paid ELSE 0 END, 0) AS paid,
                   bool_or(a.reversed AND a.claim_status_code <> '22'
                       OR a.claim_status_code = '22' AND a.recorded_at > d.closed_at) AS changed
               FROM denials_denial d JOIN claims_adjudication own ON own.id = d.adjudication_id
               CROSS JOIN LATERAL (SELECT sum(w.paid) AS paid, sum(w.cost_share) AS share FROM claims_adjudication w
                   WHERE w.claim_id = d.claim_id AND (d.line_id IS NULL OR w.line_id = d.line_id)
                   AND regexp_replace(w.key, ':[^:]*$', '') = regexp_replace(own.key, ':[^:]*$', '')) with_it
               LEFT JOIN claims_adjudication a ON a.claim_id = d.claim_id AND a.id > d.adjudication_id
                   AND (d.line_id IS NULL OR a.line_id = d.line_id)
                   AND regexp_replace(a.key, ':[^:]*$', '') <> regexp_replace(own.key, ':[^:]*$', '')
               CROSS JOIN LATERAL (SELECT a.recorded_at <= d.closed_at AND a.claim_status_code <> '22' AS counts) told
               WHERE d.state = 'recovered' AND d.id > %(after)s AND d.id <= %(upto)s
               GROUP BY d.id, own.id, with_it.paid, with_it.share
           )
           SELECT d.public_id, l.kept, l.paid FROM later l JOIN denials_denial d ON d.id = l.id
           WHERE NOT coalesce(l.changed, false) AND l.kept <> l.paid""",
        "denials_denial",
    ),
    Check(
        "The open task of denial {0} says {1}, the denial {2}.",
        "Bring the task's amount to the denial's.",
        """SELECT d.public_id, w.amount_at_stake, d.amount
           FROM denials_denial d JOIN worklist_workitem w ON w.id = d.work_item_id
           WHERE d.id > %(after)s AND d.id <= %(upto)s AND w.state = 'open' AND w.amount_at_stake <> d.amount""",
        "denials_denial",
    ),
)


def denial_faults() -> list[str]:
    """One sentence a fault, the first few of each kind."""
    return faults_of(_CHECKS)
