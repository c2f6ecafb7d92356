"""Claims whose member ID is another person's too."""

from collections.abc import Collection

from django.db import connection

from apps.claims.models import Claim

# The same person may be known twice, from an EHR and from a file: another person has another name or birth date.
_SHARED = """
    SELECT DISTINCT mine.id
    FROM intake_coverage mine
    JOIN intake_patient me ON me.id = mine.patient_id
    JOIN intake_coverage other ON other.payer_id = mine.payer_id AND other.member_id = mine.member_id
        AND other.patient_id <> mine.patient_id AND other.relationship = '18' AND other.ends_on IS NULL
    JOIN intake_patient them ON them.id = other.patient_id
    WHERE mine.id = ANY(%s) AND mine.relationship = '18' AND mine.member_id <> ''
        AND (upper(me.last_name), upper(me.first_name), me.birth_date)
            IS DISTINCT FROM (upper(them.last_name), upper(them.first_name), them.birth_date)"""


def shared_member_ids(claims: Collection[Claim]) -> set[int]:
    """Keys of the claims; one statement, however many."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [[claim.coverage_id for claim in claims]])
        coverages = {key for (key,) in cursor.fetchall()}
    return {claim.pk for claim in claims if claim.coverage_id in coverages}
