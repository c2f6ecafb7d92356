"""What `manage.py check_ledger` proves of the ledger itself, without trusting the triggers that should make it true."""

from django.db import connection

FEW = 20

_CHECKS = (
    (
        "The ledger as a whole sums to {1}, not to zero.",
        "SELECT 'all', sum(amount) FROM ledger_leg HAVING sum(amount) <> 0",
    ),
    (
        "Entry {0} has legs that sum to {1}.",
        """SELECT e.key, sum(l.amount) FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id
           GROUP BY e.id HAVING sum(l.amount) <> 0""",
    ),
    (
        "Entry {0} has no legs.",
        "SELECT e.key, 0 FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM ledger_leg l WHERE l.entry_id = e.id)",
    ),
    (
        "Leg {0} belongs to no entry.",
        "SELECT l.id, 0 FROM ledger_leg l WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = l.entry_id)",
    ),
    (
        "The key {0} stands {1} times.",
        "SELECT key, count(*) FROM ledger_entry GROUP BY key HAVING count(*) > 1",
    ),
    (
        "Reversal {0} does not undo its entry: {1} remain.",
        """SELECT r.key, sum(abs(rest)) FROM ledger_entry r CROSS JOIN LATERAL (
               SELECT sum(l.amount) AS rest FROM ledger_leg l WHERE l.entry_id IN (r.id, r.reverses_id)
               GROUP BY l.account, l.charge_id, l.patient_id, l.payer_id) parts
           WHERE r.reverses_id IS NOT NULL GROUP BY r.id HAVING sum(abs(rest)) <> 0""",
    ),
    (
        "Entry {0} was posted into {1} after that month was closed.",
        """SELECT e.key, to_char(c.month, 'YYYY-MM') FROM ledger_closedmonth c JOIN ledger_entry e
           ON e.posted_on >= c.month AND e.posted_on < c.month + interval '1 month' AND e.created_at > c.closed_at""",
    ),
)


def ledger_faults() -> list[str]:
    """One sentence a fault, at most twenty a kind; empty when the books are sound."""
    faults: list[str] = []
    with connection.cursor() as cursor:
        for sentence, query in _CHECKS:
            cursor.execute(query)
            faults += [sentence.format(*row) for row in cursor.fetchmany(FEW)]
    return faults
