import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import apps.core.public_ids


def name_each(apps_then: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    for row in apps_then.get_model("remittances", "AdjustmentClass").objects.all():
        row.public_id = apps.core.public_ids.new_public_id()
        row.save(update_fields=["public_id"])


def person() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("remittances", "0007_entered_by_hand"),
    ]

    operations = [
        migrations.AddField("adjustmentclass", "public_id", models.CharField(max_length=16, null=True, editable=False)),
        migrations.RunPython(name_each, migrations.RunPython.noop),
        migrations.AlterField(
            "adjustmentclass",
            "public_id",
            models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True),
        ),
        migrations.AddField(
            "adjustmentclass",
            "source",
            models.CharField(blank=True, default="", help_text="Where the rule is written", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField("adjustmentclass", "made_at", models.DateTimeField(null=True)),
        migrations.AddField("adjustmentclass", "made_by", person()),
        migrations.AddField("adjustmentclass", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField("adjustmentclass", "ended_by", person()),
        migrations.RemoveConstraint("adjustmentclass", "adjustment_class_once"),
        migrations.AddConstraint(
            "adjustmentclass",
            models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("payer", "group", "carc", "rarc"),
                name="adjustment_class_once",
                nulls_distinct=False,
            ),
        ),
    ]
