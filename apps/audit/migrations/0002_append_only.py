"""The audit trail is append-only: the database refuses update and delete (45 CFR 164.312(b)), and TRUNCATE, which fires neither trigger.

A test database is emptied between tests by TRUNCATE. Its connections alone switch `throughline.may_truncate` on.
"""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_auditevent_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_edit();
"""

NEVER_EMPTIED = """
CREATE FUNCTION audit_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('throughline.may_truncate', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER audit_auditevent_never_emptied BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_truncate();
"""

UNDO = """
DROP TRIGGER audit_auditevent_never_emptied ON audit_auditevent;
DROP FUNCTION audit_refuse_truncate();
DROP TRIGGER audit_auditevent_append_only ON audit_auditevent;
DROP FUNCTION audit_refuse_edit();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY + NEVER_EMPTIED, UNDO)]
