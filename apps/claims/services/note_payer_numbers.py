"""The payer's own number of a claim, which a correction must name (REF*F8)."""

from collections.abc import Mapping

from django.db import connection


def note_payer_numbers(numbers: Mapping[int, str]) -> None:
    """By claim the number (CLP07) that its payer's newest standing answer gives; one statement for all of them."""
    told = {claim_id: number[:50] for claim_id, number in numbers.items() if number}
    if not told:
        return
    statement = """
        UPDATE claims_claim SET payer_claim_number = told.number
        FROM unnest(%s::bigint[], %s::text[]) AS told (claim_id, number)
        WHERE claims_claim.id = told.claim_id AND claims_claim.payer_claim_number <> told.number
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(told), list(told.values())])
