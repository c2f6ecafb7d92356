"""A closed month takes no legs either: two that balance, put on an old entry, would have changed what its figures say."""

from django.db import migrations

GUARD = """
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

UNDO = """
DROP TRIGGER ledger_leg_month_is_open ON ledger_leg;
DROP FUNCTION ledger_refuse_leg_of_closed_month();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_balances_kept")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
