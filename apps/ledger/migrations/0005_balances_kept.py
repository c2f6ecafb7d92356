"""What each charge line and each visit owes is kept, so that no page adds up every leg there is.

The database keeps it: one statement for all legs that one statement writes, in the same transaction, whoever writes them. The rows are
locked in the order of their keys, so that two postings wait for each other and never in a circle.
"""

import django.db.models.deletion
from django.db import migrations, models

_COLUMNS = "insurance_receivable, patient_receivable, revenue, contractual, other_adjustment, write_off"
_SUMS = """
    coalesce(sum(amount) FILTER (WHERE account = 'insurance_receivable'), 0) AS insurance_receivable,
    coalesce(sum(amount) FILTER (WHERE account = 'patient_receivable'), 0) AS patient_receivable,
    sum(amount) FILTER (WHERE account = 'revenue') AS revenue,
    coalesce(sum(amount) FILTER (WHERE account = 'contractual'), 0) AS contractual,
    coalesce(sum(amount) FILTER (WHERE account = 'other_adjustment'), 0) AS other_adjustment,
    coalesce(sum(amount) FILTER (WHERE account = 'write_off'), 0) AS write_off
"""

# The visit is looked up charge by charge: a plan is kept for the session, and one made for a big posting would read all charges for a
# small one.
KEEP = f"""
CREATE FUNCTION ledger_keep_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS MATERIALIZED (
        SELECT charge_id, (SELECT c.encounter_id FROM intake_charge c WHERE c.id = charge_id) AS encounter_id, {_SUMS}
        FROM fresh WHERE charge_id IS NOT NULL GROUP BY charge_id
    ), lines AS (
        INSERT INTO ledger_chargebalance AS kept (charge_id, {_COLUMNS})
        SELECT charge_id, {_COLUMNS} FROM moved ORDER BY charge_id
        ON CONFLICT (charge_id) DO UPDATE SET
            insurance_receivable = kept.insurance_receivable + excluded.insurance_receivable,
            patient_receivable = kept.patient_receivable + excluded.patient_receivable,
            revenue = coalesce(kept.revenue + excluded.revenue, kept.revenue, excluded.revenue),
            contractual = kept.contractual + excluded.contractual,
            other_adjustment = kept.other_adjustment + excluded.other_adjustment,
            write_off = kept.write_off + excluded.write_off
    )
    INSERT INTO ledger_visitbalance AS kept (encounter_id, insurance_receivable, patient_receivable)
    SELECT encounter_id, sum(insurance_receivable), sum(patient_receivable)
    FROM moved GROUP BY encounter_id ORDER BY encounter_id
    ON CONFLICT (encounter_id) DO UPDATE SET
        insurance_receivable = kept.insurance_receivable + excluded.insurance_receivable,
        patient_receivable = kept.patient_receivable + excluded.patient_receivable;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_rebuild_balances() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger_leg IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM ledger_chargebalance;
    DELETE FROM ledger_visitbalance;
    INSERT INTO ledger_chargebalance (charge_id, {_COLUMNS})
    SELECT charge_id, {_SUMS} FROM ledger_leg WHERE charge_id IS NOT NULL GROUP BY charge_id;
    INSERT INTO ledger_visitbalance (encounter_id, insurance_receivable, patient_receivable)
    SELECT c.encounter_id, sum(b.insurance_receivable), sum(b.patient_receivable)
    FROM ledger_chargebalance b JOIN intake_charge c ON c.id = b.charge_id GROUP BY c.encounter_id;
END $$;

SELECT ledger_rebuild_balances();

CREATE TRIGGER ledger_leg_balances_kept AFTER INSERT ON ledger_leg
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_balances();
"""  # noqa: S608  nothing in it comes from outside

FORGET = """
DROP TRIGGER ledger_leg_balances_kept ON ledger_leg;
DROP FUNCTION ledger_rebuild_balances();
DROP FUNCTION ledger_keep_balances();
"""

class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0005_adopted_patients'),
        ('ledger', '0004_balance_checked_once_an_entry'),
    ]

    operations = [
        migrations.CreateModel(
            name='VisitBalance',
            fields=[
                ('insurance_receivable', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('patient_receivable', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('encounter', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ledger_balance', serialize=False, to='intake.encounter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChargeBalance',
            fields=[
                ('insurance_receivable', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('patient_receivable', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('charge', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ledger_balance', serialize=False, to='intake.charge')),
                ('revenue', models.DecimalField(decimal_places=2, help_text='Empty: it was never charged', max_digits=12, null=True)),
                ('contractual', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('other_adjustment', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('write_off', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('insurance_receivable', 0), ('patient_receivable', 0), _negated=True), fields=['charge'], include=('insurance_receivable', 'patient_receivable'), name='charge_balance_open')],
            },
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
