"""Who is who: rows of patients are one a source, so that a person whom an EHR and a file tell has two."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import connection

from apps.claims.models import Claim

# Row of any patient to those rows among the claims' patients that are the same person.
Persons = Mapping[int, frozenset[int]]

# Families share a member ID, and twins a birth date too: only subscribers are told by it, and of one source only by their names.
_SAME = """
    SELECT me.id, them.id
    FROM intake_patient me
    JOIN intake_patient them ON upper(them.last_name) = upper(me.last_name) AND upper(them.first_name) = upper(me.first_name)
        AND them.birth_date = me.birth_date AND them.id <> me.id
    WHERE me.id = ANY(%s) AND me.last_name <> '' AND me.first_name <> ''
    UNION
    SELECT me.id, them.id
    FROM intake_coverage mine
    JOIN intake_patient me ON me.id = mine.patient_id
    JOIN intake_coverage other ON other.payer_id = mine.payer_id AND other.member_id = mine.member_id
        AND other.relationship = '18' AND other.ends_on IS NULL
    JOIN intake_patient them ON them.id = other.patient_id AND them.birth_date = me.birth_date AND them.source <> me.source
    WHERE mine.id = ANY(%s) AND mine.relationship = '18' AND mine.member_id <> ''"""


def same_persons(claims: Collection[Claim]) -> Persons:
    """By name and birth date, or by payer, member ID and birth date of subscribers; every patient is the same as themselves."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for claim in claims:
        found[claim.patient_id].add(claim.patient_id)
    with connection.cursor() as cursor:
        cursor.execute(_SAME, [list(found), [claim.coverage_id for claim in claims]])
        for mine, other in cursor.fetchall():
            found[other].add(mine)
    return {row: frozenset(mine) for row, mine in found.items()}
