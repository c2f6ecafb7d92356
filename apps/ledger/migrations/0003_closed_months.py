"""A closed month takes no entries. Whoever posts holds the lock that whoever closes waits for, so that none slips in between."""

from django.db import migrations

GUARD = """
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
CREATE TRIGGER ledger_closedmonth_append_only BEFORE UPDATE OR DELETE ON ledger_closedmonth
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_edit();
CREATE TRIGGER ledger_closedmonth_never_emptied BEFORE TRUNCATE ON ledger_closedmonth
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_truncate();
"""

UNDO = """
DROP TRIGGER ledger_closedmonth_never_emptied ON ledger_closedmonth;
DROP TRIGGER ledger_closedmonth_append_only ON ledger_closedmonth;
DROP TRIGGER ledger_entry_month_is_open ON ledger_entry;
DROP FUNCTION ledger_refuse_closed_month();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_zero_sum_and_append_only")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
