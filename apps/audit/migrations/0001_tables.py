"""The audit trail is append-only: the database refuses update and delete (45 CFR 164.312(b)), and TRUNCATE, which fires neither trigger.

A test database is emptied between tests by TRUNCATE. Its connections alone switch `throughline.may_truncate` on.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

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
    replaces = [("audit", "0001_initial"), ("audit", "0002_append_only"), ("audit", "0003_viewer_indexes")]
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_public_id", models.CharField(blank=True, max_length=40)),
                ("patients", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True,
                    default=list, size=None)),
                ("detail", models.JSONField(default=dict)),
                ("address", models.GenericIPAddressField(null=True)),
                ("actor", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-at"], name="audit_audit_at_e731e1_idx"),
                    models.Index(fields=["subject_kind", "subject_public_id"], name="audit_audit_subject_bc0955_idx"),
                    models.Index(fields=["actor", "-at"], name="audit_by_actor"),
                    models.Index(fields=["action", "-at"], name="audit_by_action"),
                    models.Index(fields=["subject_kind", "-at"], name="audit_by_kind"),
                    django.contrib.postgres.indexes.GinIndex(fields=["patients"], name="audit_by_patient"),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY + NEVER_EMPTIED, UNDO),
    ]
