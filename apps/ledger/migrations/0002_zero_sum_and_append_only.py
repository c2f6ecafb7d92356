"""The database keeps the books: an entry's legs sum to zero at commit, and no row is ever edited (ARCHITECTURE law 6), nor are the
books emptied: TRUNCATE fires no trigger of UPDATE or DELETE.

A test database is emptied between tests by TRUNCATE. Its connections alone switch `throughline.may_truncate` on.
"""

from django.db import migrations

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
    PERFORM ledger_refuse_unbalanced(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_check_leg() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse_unbalanced(NEW.entry_id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
CREATE CONSTRAINT TRIGGER ledger_leg_balances AFTER INSERT ON ledger_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_leg();
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
"""

UNDO = """
DROP TRIGGER ledger_leg_never_emptied ON ledger_leg;
DROP TRIGGER ledger_entry_never_emptied ON ledger_entry;
DROP FUNCTION ledger_refuse_truncate();
DROP TRIGGER ledger_leg_append_only ON ledger_leg;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP FUNCTION ledger_refuse_edit();
DROP TRIGGER ledger_leg_balances ON ledger_leg;
DROP TRIGGER ledger_entry_balances ON ledger_entry;
DROP FUNCTION ledger_check_leg();
DROP FUNCTION ledger_check_entry();
DROP FUNCTION ledger_refuse_unbalanced(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(BALANCED + APPEND_ONLY + NEVER_EMPTIED, UNDO)]
