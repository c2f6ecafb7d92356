"""Take in a release of ICD-10-CM: staged by COPY, then merged by statements over the whole set.

One transaction and not many: the scrubber must never read half a release.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from apps.audit.trail import record
from apps.claims.models import DiagnosisCode, DiagnosisRelease
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.diagnosis_file import CodeRow, ExclusionRow, ReleaseDays, with_finer
from apps.claims.services.import_code_edits import ImportedEdits
from apps.claims.services.whole_tables import require_whole
from apps.core.bulk_rows import copy_into
from apps.core.models import User

_STAGE = """
    DROP TABLE IF EXISTS staged_codes;
    CREATE TEMPORARY TABLE staged_codes (code varchar(7), billable boolean, manifestation boolean, finer integer, side varchar(1))
        ON COMMIT DROP"""
_DROP_CODES = """
    DELETE FROM claims_diagnosiscode c WHERE c.release_id = %(release)s
        AND NOT EXISTS (SELECT FROM staged_codes s WHERE s.code = c.code)"""
_CHANGE_CODES = """
    UPDATE claims_diagnosiscode c SET billable = s.billable, manifestation = s.manifestation, finer = s.finer, side = s.side
    FROM staged_codes s WHERE c.release_id = %(release)s AND c.code = s.code
        AND (c.billable, c.manifestation, c.finer, c.side) IS DISTINCT FROM (s.billable, s.manifestation, s.finer, s.side)"""
_ADD_CODES = """
    INSERT INTO claims_diagnosiscode (release_id, code, billable, manifestation, finer, side)
    SELECT %(release)s, s.code, s.billable, s.manifestation, s.finer, s.side FROM staged_codes s
    WHERE NOT EXISTS (SELECT FROM claims_diagnosiscode c WHERE c.release_id = %(release)s AND c.code = s.code)
    ORDER BY s.code"""
_STAGE_NOTES = """
    DROP TABLE IF EXISTS staged_notes;
    CREATE TEMPORARY TABLE staged_notes (code varchar(7), first varchar(7), last varchar(7)) ON COMMIT DROP"""
_DROP_NOTES = "DELETE FROM claims_diagnosisexclusion WHERE release_id = %(release)s"
_ADD_NOTES = """
    INSERT INTO claims_diagnosisexclusion (release_id, code, first, last)
    SELECT DISTINCT %(release)s::bigint, code, first, last FROM staged_notes"""


@transaction.atomic
def import_diagnoses(
    *,
    days: ReleaseDays,
    codes: Sequence[CodeRow],
    exclusions: Iterable[ExclusionRow] | None,
    refused: RefusedRows,
    source: str,
    acting_user: User | None,
    now: datetime,
) -> ImportedEdits:
    """The release in force on `days` is made of `codes`; the same again changes nothing. `changed` counts what was taken out, too.

    `exclusions` take the place of those that the release has; None: the source has none, and they stay. A source without any code
    makes no release. Raises HalfATableError.
    """
    if not codes:
        return ImportedEdits(0, 0, 0, 0, refused)
    release, _ = DiagnosisRelease.objects.get_or_create(
        starts_on=days.starts_on, defaults={"ends_on": days.ends_on, "source": source[:200]}
    )
    _require_whole(len(codes))
    DiagnosisRelease.objects.filter(pk=release.pk).update(ends_on=days.ends_on, source=source[:200])
    _run(_STAGE)
    read = copy_into("staged_codes", CodeRow._fields, with_finer(codes))
    _run("ANALYZE staged_codes")
    changed = _run(_DROP_CODES, release=release.pk) + _run(_CHANGE_CODES, release=release.pk)
    added = _run(_ADD_CODES, release=release.pk)
    if exclusions is not None:
        _run(_STAGE_NOTES)
        copy_into("staged_notes", ExclusionRow._fields, exclusions)
        _run(_DROP_NOTES, release=release.pk)
        _run(_ADD_NOTES, release=release.pk)
    told = ImportedEdits(read, added, changed, 0, refused)
    record(
        "import_icd10",
        acting_user=acting_user,
        now=now,
        subject_kind="diagnosis_release",
        source=source[:200],
        starts_on=days.starts_on.isoformat(),
        added=added,
        changed=changed,
        refused=len(refused),
    )
    return told


def _require_whole(number: int) -> None:
    nearest = DiagnosisRelease.objects.filter(codes__isnull=False).order_by("-starts_on").distinct().first()
    known = DiagnosisCode.objects.filter(release=nearest).count() if nearest else 0
    # It would hold every second claim.
    require_whole(number, known, what="codes", of=f"the release of {nearest and nearest.starts_on}")


def _run(statement: str, **named: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, named or None)
        return int(cursor.rowcount)
