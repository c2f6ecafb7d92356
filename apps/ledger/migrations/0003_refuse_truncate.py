"""Nor are the books emptied: TRUNCATE fires no row or statement trigger of UPDATE or DELETE.

A test database is emptied between tests by TRUNCATE. Its connections alone switch `throughline.may_truncate` on.
"""

from django.db import migrations

REFUSE = """
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
"""

UNDO = """
DROP TRIGGER ledger_leg_never_emptied ON ledger_leg;
DROP TRIGGER ledger_entry_never_emptied ON ledger_entry;
DROP FUNCTION ledger_refuse_truncate();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_zero_sum_and_append_only")]

    operations = [migrations.RunSQL(REFUSE, UNDO)]
