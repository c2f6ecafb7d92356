"""Take in CMS's quarterly tables: staged by COPY, then merged by statements over the whole set.

A file is one transaction and not many: the scrubber must never read half an edition. Python holds one row at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from apps.audit.trail import record
from apps.claims.models import UnitEdition, UnitLimit
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.pair_file import PairRow, read_pairs
from apps.claims.rules.unit_file import LimitRow, read_limits
from apps.claims.services.whole_tables import require_few_dropped, require_whole
from apps.core.bulk_rows import copy_into
from apps.core.models import User


@dataclass(frozen=True, slots=True)
class ImportedEdits:
    """`read`: rows that could be taken. `repeated`: rows of a key that the file has already; the one longest in force counts. `dropped`:
    rows of an earlier file that this one, in its place, no longer has.
    """

    read: int
    added: int
    changed: int
    repeated: int
    refused: RefusedRows
    dropped: int = 0

    @property
    def same(self) -> int:
        return self.read - self.repeated - self.added - self.changed


_STAGE_PAIRS = """
    DROP TABLE IF EXISTS staged_pairs;
    CREATE TEMPORARY TABLE staged_pairs (line integer, column_1 varchar(5), column_2 varchar(5), effective_on date,
        ends_on date, indicator varchar(1), reason varchar(200)) ON COMMIT DROP"""
# A deleted edit (9) never takes the place of one that was in force.
_DROP_REPEATED_PAIRS = """
    WITH placed AS (
        SELECT line, row_number() OVER (PARTITION BY column_1, column_2, effective_on
            ORDER BY indicator = '9', ends_on DESC NULLS FIRST, line) AS place FROM staged_pairs
    )
    DELETE FROM staged_pairs USING placed WHERE placed.line = staged_pairs.line AND placed.place > 1"""
_ADD_REASONS = "INSERT INTO claims_pairreason (text) SELECT DISTINCT reason FROM staged_pairs ON CONFLICT DO NOTHING"
_CHANGE_PAIRS = """
    UPDATE claims_codepair p SET ends_on = s.ends_on, indicator = s.indicator, reason_id = r.id
    FROM staged_pairs s JOIN claims_pairreason r ON r.text = s.reason
    WHERE (p.column_1, p.column_2, p.effective_on) = (s.column_1, s.column_2, s.effective_on)
        AND (p.ends_on, p.indicator, p.reason_id) IS DISTINCT FROM (s.ends_on, s.indicator, r.id)"""
_ADD_PAIRS = """
    INSERT INTO claims_codepair (column_1, column_2, effective_on, ends_on, indicator, reason_id)
    SELECT s.column_1, s.column_2, s.effective_on, s.ends_on, s.indicator, r.id
    FROM staged_pairs s JOIN claims_pairreason r ON r.text = s.reason
    WHERE NOT EXISTS (SELECT FROM claims_codepair p
        WHERE (p.column_1, p.column_2, p.effective_on) = (s.column_1, s.column_2, s.effective_on))
    ORDER BY s.line
    ON CONFLICT DO NOTHING"""

_IN_RANGE = """
    SELECT (SELECT count(*) FROM staged_pairs), count(*) FROM claims_codepair
    WHERE column_1 >= (SELECT min(column_1) FROM staged_pairs) AND column_1 <= (SELECT max(column_1) FROM staged_pairs)"""

_STAGE_LIMITS = """
    DROP TABLE IF EXISTS staged_limits;
    CREATE TEMPORARY TABLE staged_limits (line integer, code varchar(5), most integer, adjudication varchar(1),
        reason varchar(200)) ON COMMIT DROP"""
_DROP_REPEATED_LIMITS = """
    WITH placed AS (SELECT line, row_number() OVER (PARTITION BY code ORDER BY line) AS place FROM staged_limits)
    DELETE FROM staged_limits USING placed WHERE placed.line = staged_limits.line AND placed.place > 1"""
_CHANGE_LIMITS = """
    UPDATE claims_unitlimit l SET most = s.most, adjudication = s.adjudication, reason = s.reason
    FROM staged_limits s WHERE l.edition_id = %(edition)s AND l.code = s.code
        AND (l.most, l.adjudication, l.reason) IS DISTINCT FROM (s.most, s.adjudication, s.reason)"""
_ADD_LIMITS = """
    INSERT INTO claims_unitlimit (edition_id, code, most, adjudication, reason)
    SELECT %(edition)s, code, most, adjudication, reason FROM staged_limits ORDER BY line
    ON CONFLICT DO NOTHING"""
_DROP_LIMITS = """
    DELETE FROM claims_unitlimit l WHERE l.edition_id = %(edition)s
        AND NOT EXISTS (SELECT FROM staged_limits s WHERE s.code = l.code)"""


@transaction.atomic
def import_code_pairs(*, lines: Iterable[str], source: str, acting_user: User | None, now: datetime) -> ImportedEdits:
    """Add the pairs of a file that are new, change those whose end, indicator or reason differs. The same file again changes nothing.

    `lines` of CMS's layout (`rules.pair_file`); rows that cannot be taken are told and the others go in. CMS cuts the table into files by
    codes of column 1 and keeps ended pairs: a file that lacks many of those known between its first code and its last is not whole.
    Raises HalfATableError.
    """
    refused = RefusedRows()
    with connection.cursor() as cursor:
        cursor.execute(_STAGE_PAIRS)
        read = copy_into("staged_pairs", PairRow._fields, read_pairs(lines, refused))
        cursor.execute("ANALYZE staged_pairs")
        repeated = run(_DROP_REPEATED_PAIRS)
        cursor.execute(_IN_RANGE)
        rows, known = cursor.fetchone()
        require_whole(rows, known, what="pairs", of="what is known between its first code and its last")
        cursor.execute(_ADD_REASONS)
        changed = run(_CHANGE_PAIRS)
        added = run(_ADD_PAIRS)
    told = ImportedEdits(read, added, changed, repeated, refused)
    audit_import("import_ncci", told, source, acting_user, now)
    return told


@transaction.atomic
def import_unit_limits(
    *, lines: Iterable[str], effective_on: date, source: str, acting_user: User | None, now: datetime
) -> ImportedEdits:
    """Make the limits of the edition that is in force from `effective_on` those of the file; other editions stay as they are. Where
    rows are refused nothing is dropped: a limit that is not read need not be gone.

    `lines` of CMS's layout (`rules.unit_file`). A file without any row makes no edition: it would lift every limit. Raises
    HalfATableError for one with far fewer rows than the edition whose place it would take, or that would drop more of its own
    edition than a correction does.
    """
    refused = RefusedRows()
    with connection.cursor() as cursor:
        cursor.execute(_STAGE_LIMITS)
    read = copy_into("staged_limits", LimitRow._fields, read_limits(lines, refused))
    if not read:
        return ImportedEdits(0, 0, 0, 0, refused)
    repeated = run(_DROP_REPEATED_LIMITS)
    _require_whole(read - repeated, effective_on)
    edition, _ = UnitEdition.objects.get_or_create(effective_on=effective_on)
    known = UnitLimit.objects.filter(edition=edition).count()
    changed = run(_CHANGE_LIMITS, edition=edition.pk)
    added = run(_ADD_LIMITS, edition=edition.pk)
    dropped = 0 if refused else run(_DROP_LIMITS, edition=edition.pk)
    require_few_dropped(dropped, known, what="limits", of=f"the edition of {effective_on}")
    told = ImportedEdits(read, added, changed, repeated, refused, dropped)
    audit_import("import_mue", told, source, acting_user, now)
    return told


def _require_whole(rows: int, effective_on: date) -> None:
    before = UnitEdition.objects.filter(effective_on__lte=effective_on, limits__isnull=False).order_by("-effective_on")
    nearest = before.first()
    known = UnitLimit.objects.filter(edition=nearest).count() if nearest else 0
    require_whole(rows, known, what="limits", of=f"the edition of {nearest and nearest.effective_on}")


def run(statement: str, **named: str | int) -> int:
    """How many rows the statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, named or None)
        return int(cursor.rowcount)


def audit_import(action: str, told: ImportedEdits, source: str, acting_user: User | None, now: datetime) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="code_edits",
        source=source[:200],
        added=told.added,
        changed=told.changed,
        dropped=told.dropped,
        refused=len(told.refused),
    )
