"""A routing rule that a person changes or takes out ends, and stays with the denials that it routed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _person() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [
        ("denials", "0001_initial"),
        ("practice", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="routingrule",
            name="made_at",
            field=models.DateTimeField(blank=True, help_text="Empty: every practice starts with it", null=True),
        ),
        migrations.AddField(model_name="routingrule", name="made_by", field=_person()),
        migrations.AddField(
            model_name="routingrule", name="ended_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="routingrule", name="ended_by", field=_person()),
        migrations.AlterField(
            model_name="routingrule",
            name="place",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Empty: it has ended", null=True, unique=True
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__isnull", False), ("place", None))
                | models.Q(("ended_at", None), ("place__isnull", False)),
                name="a_rule_has_a_place_until_it_ends",
            ),
        ),
    ]
