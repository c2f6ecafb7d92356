"""The trail is not emptied either. A test database's connections alone switch `throughline.may_truncate` on."""

from django.db import migrations

REFUSE = """
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
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_append_only")]

    operations = [migrations.RunSQL(REFUSE, UNDO)]
