"""An entry's sum is worked out once for its legs of one statement, not once for each leg, and its own row only asks that it has any.

A leg's deferred check sums the whole entry, so one check, queued by the first of an entry's legs in a statement, stands for those that
follow it: whenever it fires, at the statement's end or at commit, they are there. Which entry was queued last is remembered for as long
as the statement runs; what begins another statement forgets it.
"""

from django.db import migrations

ONCE = """
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

CREATE OR REPLACE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_leg WHERE entry_id = NEW.id) THEN
        PERFORM ledger_refuse_unbalanced(NEW.id);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER ledger_leg_balances ON ledger_leg;
CREATE TRIGGER ledger_leg_begin BEFORE INSERT ON ledger_leg
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_begin_legs();
CREATE CONSTRAINT TRIGGER ledger_leg_balances AFTER INSERT ON ledger_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (ledger_is_first_leg(NEW.entry_id))
    EXECUTE FUNCTION ledger_check_leg();
"""

EACH = """
CREATE OR REPLACE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse_unbalanced(NEW.id);
    RETURN NULL;
END $$;
DROP TRIGGER ledger_leg_balances ON ledger_leg;
DROP TRIGGER ledger_leg_begin ON ledger_leg;
DROP FUNCTION ledger_is_first_leg(bigint);
DROP FUNCTION ledger_begin_legs();
CREATE CONSTRAINT TRIGGER ledger_leg_balances AFTER INSERT ON ledger_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_leg();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_closed_months")]

    operations = [migrations.RunSQL(ONCE, EACH)]
