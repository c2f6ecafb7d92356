"""Take in what is known of codes: staged by COPY, then merged by statements over the whole set. A file is one transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from apps.claims.rules.code_facts import KINDS, Kind
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.fact_file import FactRow
from apps.claims.services.import_code_edits import ImportedEdits, audit_import, run
from apps.core.bulk_rows import copy_into
from apps.core.models import User

_STAGE = """
    DROP TABLE IF EXISTS staged_facts;
    CREATE TEMPORARY TABLE staged_facts (line integer, code varchar(5), value varchar(10), effective_on date, ends_on date,
        source varchar(200)) ON COMMIT DROP"""
# Of a code that can say one thing at a time, a second value from the same day is a repetition too.
_DROP_REPEATED = """
    WITH placed AS (
        SELECT line, row_number() OVER (
            PARTITION BY code, effective_on, CASE WHEN %(several)s::boolean THEN value END ORDER BY line) AS place
        FROM staged_facts
    )
    DELETE FROM staged_facts USING placed WHERE placed.line = staged_facts.line AND placed.place > 1"""
_CHANGE = """
    UPDATE claims_codefact f SET ends_on = s.ends_on, source = s.source
    FROM staged_facts s
    WHERE f.kind = %(kind)s::varchar AND (f.code, f.value, f.effective_on) = (s.code, s.value, s.effective_on)
        AND (f.ends_on, f.source) IS DISTINCT FROM (s.ends_on, s.source)"""
# A correction of what a code says from the same day on replaces it.
_CORRECT = """
    DELETE FROM claims_codefact f USING staged_facts s
    WHERE NOT %(several)s::boolean AND f.kind = %(kind)s::varchar
        AND (f.code, f.effective_on) = (s.code, s.effective_on) AND f.value <> s.value"""
# What a code says already is not said again by each quarter's file.
_ADD = """
    INSERT INTO claims_codefact (kind, code, value, effective_on, ends_on, source)
    SELECT %(kind)s::varchar, s.code, s.value, s.effective_on, s.ends_on, s.source
    FROM staged_facts s
    WHERE NOT EXISTS (SELECT FROM claims_codefact f WHERE f.kind = %(kind)s::varchar
        AND (f.code, f.value, f.effective_on) = (s.code, s.value, s.effective_on))
    AND (%(several)s::boolean OR s.ends_on IS NOT NULL OR s.value IS DISTINCT FROM (
        SELECT CASE WHEN f.ends_on IS NULL THEN f.value END FROM claims_codefact f
        WHERE f.kind = %(kind)s::varchar AND f.code = s.code AND f.effective_on < s.effective_on
        ORDER BY f.effective_on DESC LIMIT 1))
    ORDER BY s.line"""


@transaction.atomic
def import_code_facts(
    *,
    kind: Kind,
    rows: Iterable[FactRow],
    refused: RefusedRows,
    source: str,
    acting_user: User | None,
    now: datetime,
) -> ImportedEdits:
    """Add the rows that are new, change those whose last day or source differs; what a code says from the same day on is corrected.
    The same file again changes nothing.

    `rows` as a reader makes them, which notes in `refused` what it cannot take.
    """
    named = {"kind": kind.value, "several": KINDS[kind].several}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
    read = copy_into("staged_facts", FactRow._fields, rows)
    repeated = run(_DROP_REPEATED, **named)
    changed = run(_CHANGE, **named)
    corrected = run(_CORRECT, **named)
    added = run(_ADD, **named) - corrected
    told = ImportedEdits(read, added, changed + corrected, repeated, refused)
    audit_import(f"import_{kind.value}", told, source, acting_user, now)
    return told
