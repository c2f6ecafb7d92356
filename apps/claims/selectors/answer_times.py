"""How long an answer to a claim may take: as the practice has set it, and by what its payer did lately."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q

from apps.practice.models import Practice

# Without enough answers of a payer's own to tell by: most of them decide within a month.
USUAL = timedelta(days=30)
ENOUGH = 20
# Claims sent so lately that many are still open would make a payer look quick.
_SENT_FROM, _SENT_TO = timedelta(days=180), timedelta(days=45)
# A payer that says it has a claim is left to decide for so long, however quick it is otherwise.
LEFT_TO_DECIDE = timedelta(days=14)


def chase_after() -> timedelta:
    """How long a claim goes without its next answer until somebody is asked."""
    practice = Practice.objects.first() or Practice()
    return timedelta(days=practice.chase_after_days)


def usual_answer_times(payers: Collection[int], *, now: datetime) -> dict[int, timedelta]:
    """By payer, within what time of the first submission nine of ten answers came; never less than LEFT_TO_DECIDE."""
    statement = """
        SELECT payer_id, percentile_cont(0.9) WITHIN GROUP (ORDER BY first_adjudicated_at - first_submitted_at)
        FROM claims_claim
        WHERE payer_id = ANY(%s) AND first_submitted_at BETWEEN %s AND %s AND first_adjudicated_at >= first_submitted_at
        GROUP BY payer_id HAVING count(*) >= %s
    """
    if not payers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(payers), now - _SENT_FROM, now - _SENT_TO, ENOUGH])
        known = dict(cursor.fetchall())
    return {payer: max(known.get(payer, USUAL), LEFT_TO_DECIDE) for payer in payers}


def usual_time_over(payers: Collection[int], *, payer: str, since: str, now: datetime) -> Q:
    """Of rows that name a payer and a moment in these fields: since that moment its payer's usual time has passed. None without payers."""
    by_time: dict[timedelta, list[int]] = {}
    for key, usual in usual_answer_times(payers, now=now).items():
        by_time.setdefault(usual, []).append(key)
    over = [Q(**{f"{payer}__in": each, f"{since}__lte": now - usual}) for usual, each in by_time.items()]
    return reduce(or_, over, Q(pk__in=[]))
