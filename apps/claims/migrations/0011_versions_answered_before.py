"""Which version of a corrected claim each earlier answer was taken to be for. What CLP09 said of it was not kept, so that this is what was
believed when it came: the answer to what had been sent last or, where the claim's timeline says so, to the version before it.
"""

from django.db import migrations

_FORWARD = """
WITH sent AS (
    SELECT a.id AS answer, c.id AS correction, row_number() OVER (PARTITION BY a.id ORDER BY c.id DESC) AS back
    FROM claims_adjudication a
    JOIN claims_correction c ON c.claim_id = a.claim_id AND c.way <> 'reopening' AND c.cancel_reason = ''
    WHERE a.claim_status_code <> '22' AND EXISTS (
        SELECT FROM claims_batchclaim m JOIN claims_batch b ON b.id = m.batch_id
        WHERE m.claim_id = a.claim_id AND b.created_at >= c.started_at AND b.created_at <= a.recorded_at
    )
), earlier AS (
    SELECT a.id AS answer FROM claims_adjudication a
    JOIN claims_adjudication beside ON beside.claim_id = a.claim_id
        AND regexp_replace(beside.key, ':[^:]*$', '') = regexp_replace(a.key, ':[^:]*$', '')
    JOIN claims_claimevent e ON e.claim_id = a.claim_id AND e.at = a.recorded_at
        AND e.transmission_id = a.transmission_id AND e.segment = beside.segment
    WHERE a.id IN (SELECT answer FROM sent) AND e.what LIKE 'The payer answered the version before again.%'
)
UPDATE claims_adjudication a SET
    version_basis = 'before',
    correction_id = (
        SELECT s.correction FROM sent s WHERE s.answer = a.id
        AND s.back = CASE WHEN a.id IN (SELECT answer FROM earlier) THEN 2 ELSE 1 END
    )
WHERE a.id IN (SELECT answer FROM sent)
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0010_answered_versions")]

    operations = [migrations.RunSQL(_FORWARD, migrations.RunSQL.noop)]
