"""A note may stand on a claim or a patient of whom there is no task."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_tables")]

    operations = [
        migrations.AlterField(
            model_name="worknote",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="worklist.workitem",
            ),
        ),
        migrations.AddField(
            model_name="worknote",
            name="about",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Public id of the claim or patient; empty: on a task",
                max_length=40,
            ),
        ),
        migrations.AddConstraint(
            model_name="worknote",
            constraint=models.CheckConstraint(
                condition=models.Q(("item", None), ("about", ""), _connector="XOR"),
                name="work_note_stands_on_one_thing",
            ),
        ),
    ]
