from django.db import connection


def next_interchange_number() -> int:
    """The next ISA13 of an inquiry, from a database sequence that never repeats (migration 0002)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('eligibility_interchange_number')")
        (number,) = cursor.fetchone()
    return int(number)
