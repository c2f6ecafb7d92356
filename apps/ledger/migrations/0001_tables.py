"""The database keeps the books: an entry's legs sum to zero at commit, and no row is ever edited (ARCHITECTURE law 6), nor are the
books emptied: TRUNCATE fires no trigger of UPDATE or DELETE.

A test database is emptied between tests by TRUNCATE. Its connections alone switch `throughline.may_truncate` on.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.core.create_models import CreateModels

# A leg's deferred check sums the whole entry, so one check, queued by the first of an entry's legs in a statement, stands for those that
# follow it: whenever it fires, at the statement's end or at commit, they are there. Which entry was queued last is remembered for as long
# as the statement runs; what begins another statement forgets it. The entry's own row only asks that it has any legs.
BALANCED = """
CREATE FUNCTION ledger_refuse_unbalanced(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rest numeric;
BEGIN
    SELECT sum(amount) INTO rest FROM ledger_leg WHERE entry_id = checked;
    IF rest IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'The legs of ledger entry % sum to %, not to zero.', checked, coalesce(rest::text, 'nothing')
            USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_leg WHERE entry_id = NEW.id) THEN
        PERFORM ledger_refuse_unbalanced(NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_check_leg() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse_unbalanced(NEW.entry_id);
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_begin_legs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('throughline.entry_queued', '', true);
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_is_first_leg(entry bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF current_setting('throughline.entry_queued', true) = entry::text THEN
        RETURN false;
    END IF;
    PERFORM set_config('throughline.entry_queued', entry::text, true);
    RETURN true;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
CREATE TRIGGER ledger_leg_begin BEFORE INSERT ON ledger_leg
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_begin_legs();
CREATE CONSTRAINT TRIGGER ledger_leg_balances AFTER INSERT ON ledger_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (ledger_is_first_leg(NEW.entry_id))
    EXECUTE FUNCTION ledger_check_leg();
"""

ANY_SUM = """
DROP TRIGGER ledger_leg_balances ON ledger_leg;
DROP TRIGGER ledger_leg_begin ON ledger_leg;
DROP TRIGGER ledger_entry_balances ON ledger_entry;
DROP FUNCTION ledger_is_first_leg(bigint);
DROP FUNCTION ledger_begin_legs();
DROP FUNCTION ledger_check_leg();
DROP FUNCTION ledger_check_entry();
DROP FUNCTION ledger_refuse_unbalanced(bigint);
"""

APPEND_ONLY = """
CREATE FUNCTION ledger_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Ledger rows are never edited: reverse the entry and post it again.'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_edit();
CREATE TRIGGER ledger_leg_append_only BEFORE UPDATE OR DELETE ON ledger_leg
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_edit();
CREATE TRIGGER ledger_closedmonth_append_only BEFORE UPDATE OR DELETE ON ledger_closedmonth
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_edit();
"""

NEVER_EMPTIED = """
CREATE FUNCTION ledger_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('throughline.may_truncate', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'Ledger rows are never edited: reverse the entry and post it again.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_never_emptied BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_truncate();
CREATE TRIGGER ledger_leg_never_emptied BEFORE TRUNCATE ON ledger_leg
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_truncate();
CREATE TRIGGER ledger_closedmonth_never_emptied BEFORE TRUNCATE ON ledger_closedmonth
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_truncate();
"""

EDITABLE = """
DROP TRIGGER ledger_closedmonth_never_emptied ON ledger_closedmonth;
DROP TRIGGER ledger_leg_never_emptied ON ledger_leg;
DROP TRIGGER ledger_entry_never_emptied ON ledger_entry;
DROP FUNCTION ledger_refuse_truncate();
DROP TRIGGER ledger_closedmonth_append_only ON ledger_closedmonth;
DROP TRIGGER ledger_leg_append_only ON ledger_leg;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP FUNCTION ledger_refuse_edit();
"""

# A closed month takes no entries. Whoever posts holds the lock that whoever closes waits for, so that none slips in between. It takes no
# legs either: two that balance, put on an old entry, would have changed what its figures say.
MONTHS_CLOSE = """
CREATE FUNCTION ledger_refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger months', 0));
    SELECT c.month INTO closed
    FROM (SELECT DISTINCT date_trunc('month', posted_on)::date AS month FROM fresh) touched
    JOIN ledger_closedmonth c USING (month) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The books of % are closed: post in an open month.', to_char(closed, 'YYYY-MM')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_month_is_open AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_closed_month();

CREATE FUNCTION ledger_refuse_leg_of_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger months', 0));
    IF NOT EXISTS (SELECT FROM ledger_closedmonth) THEN
        RETURN NULL;
    END IF;
    SELECT c.month INTO closed
    FROM (SELECT DISTINCT entry_id FROM fresh) touched
    JOIN ledger_entry e ON e.id = touched.entry_id
    JOIN ledger_closedmonth c ON c.month = date_trunc('month', e.posted_on)::date
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The books of % are closed: post in an open month.', to_char(closed, 'YYYY-MM')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_leg_month_is_open AFTER INSERT ON ledger_leg
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_leg_of_closed_month();
"""

MONTHS_STAY_OPEN = """
DROP TRIGGER ledger_leg_month_is_open ON ledger_leg;
DROP FUNCTION ledger_refuse_leg_of_closed_month();
DROP TRIGGER ledger_entry_month_is_open ON ledger_entry;
DROP FUNCTION ledger_refuse_closed_month();
"""

_COLUMNS = "insurance_receivable, patient_receivable, revenue, contractual, other_adjustment, write_off"
_SUMS = """
    coalesce(sum(amount) FILTER (WHERE account = 'insurance_receivable'), 0) AS insurance_receivable,
    coalesce(sum(amount) FILTER (WHERE account = 'patient_receivable'), 0) AS patient_receivable,
    sum(amount) FILTER (WHERE account = 'revenue') AS revenue,
    coalesce(sum(amount) FILTER (WHERE account = 'contractual'), 0) AS contractual,
    coalesce(sum(amount) FILTER (WHERE account = 'other_adjustment'), 0) AS other_adjustment,
    coalesce(sum(amount) FILTER (WHERE account = 'write_off'), 0) AS write_off
"""

# What each charge line and each visit owes is kept, so that no page adds up every leg there is.
#
# The database keeps it: one statement for all legs that one statement writes, in the same transaction, whoever writes them. The rows are
# locked in the order of their keys, so that two postings wait for each other and never in a circle.
#
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

CREATE TRIGGER ledger_leg_balances_kept AFTER INSERT ON ledger_leg
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_balances();
"""  # noqa: S608  nothing in it comes from outside

FORGET = """
DROP TRIGGER ledger_leg_balances_kept ON ledger_leg;
DROP FUNCTION ledger_rebuild_balances();
DROP FUNCTION ledger_keep_balances();
"""


class Migration(migrations.Migration):
    replaces = [
        ("ledger", "0001_initial"), ("ledger", "0002_zero_sum_and_append_only"), ("ledger", "0003_closed_months"),
        ("ledger", "0004_balance_checked_once_an_entry"), ("ledger", "0005_balances_kept"), ("ledger", "0006_legs_of_closed_months"),
    ]
    initial = True

    dependencies = [
        ("connectors", "0001_tables"),
        ("intake", "0001_tables"),
        ("practice", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="ClosedMonth",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("month", models.DateField(help_text="Its first day", unique=True)),
                    ("closed_at", models.DateTimeField()),
                    ("closed_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name="Entry",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("kind", models.CharField(choices=[("charge", "Charge"), ("deposit", "Deposit"), ("remittance", "Remittance"),
                        ("provider_adjustment", "Provider Adjustment"), ("patient_payment", "Patient Payment"),
                        ("adjustment", "Adjustment"), ("transfer", "Transfer"), ("reversal", "Reversal")], max_length=20)),
                    ("key", models.CharField(help_text="Names the cause, so that it cannot be posted twice", max_length=120)),
                    ("posted_on", models.DateField()),
                    ("created_at", models.DateTimeField()),
                    ("segment", models.PositiveIntegerField(help_text="The segment of the transmission that says so", null=True)),
                    ("reason", models.CharField(blank=True, choices=[("timely_filing", "Filed too late"),
                        ("no_authorization", "No authorization"), ("small_balance", "Too small to follow"), ("bad_debt", "Bad debt"),
                        ("charity", "Charity or hardship"), ("courtesy", "Courtesy"), ("contract_dispute", "Contract dispute given up"),
                        ("other", "Other, see the note")], default="", help_text="Of a write-off, and of what undoes one", max_length=20)),
                    ("reverses", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reversed_by",
                        to="ledger.entry")),
                    ("transmission", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="connectors.transmission")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["posted_on"], name="ledger_entr_posted__cf259f_idx"),
                        models.Index(condition=models.Q(("reason", ""), _negated=True), fields=["posted_on"], name="entry_written_off"),
                    ],
                    "constraints": [models.UniqueConstraint(fields=("key",), name="entry_once")],
                },
            ),
            migrations.CreateModel(
                name="Leg",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("account", models.CharField(choices=[("insurance_receivable", "Insurance Receivable"),
                        ("patient_receivable", "Patient Receivable"), ("revenue", "Revenue"), ("contractual", "Contractual"),
                        ("other_adjustment", "Other Adjustment"), ("write_off", "Write Off"), ("payer_clearing", "Payer Clearing"),
                        ("unapplied_cash", "Unapplied Cash"), ("refunds", "Refunds"), ("deposits", "Deposits")], max_length=24)),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("charge", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="legs",
                        to="intake.charge")),
                    ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="ledger.entry")),
                    ("patient", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="intake.patient")),
                    ("payer", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="practice.payer")),
                ],
                options={
                    "indexes": [models.Index(fields=["account", "payer"], name="ledger_leg_account_ef3379_idx")],
                },
            ),
            migrations.CreateModel(
                name="VisitBalance",
                fields=[
                    ("insurance_receivable", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                    ("patient_receivable", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                    ("encounter", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                        related_name="ledger_balance", serialize=False, to="intake.encounter")),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="ChargeBalance",
                fields=[
                    ("insurance_receivable", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                    ("patient_receivable", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                    ("charge", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                        related_name="ledger_balance", serialize=False, to="intake.charge")),
                    ("revenue", models.DecimalField(decimal_places=2, help_text="Empty: it was never charged", max_digits=12, null=True)),
                    ("contractual", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                    ("other_adjustment", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                    ("write_off", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ],
                options={
                    "indexes": [
                        models.Index(condition=models.Q(("insurance_receivable", 0), ("patient_receivable", 0), _negated=True),
                            fields=["charge"], include=("insurance_receivable", "patient_receivable"), name="charge_balance_open"),
                    ],
                },
            ),
        ]),
        migrations.RunSQL(BALANCED + APPEND_ONLY + NEVER_EMPTIED + MONTHS_CLOSE, MONTHS_STAY_OPEN + EDITABLE + ANY_SUM),
        migrations.RunSQL(KEEP, FORGET),
    ]
