"""Yes or no, asked so often that putting the question together as a QuerySet would take longer than its answer."""

from django.db import connection


def holds(question: str, *values: str) -> bool:
    """The answer to a statement of one row and one truth value."""
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found: bool = cursor.fetchone()[0]
    return found
