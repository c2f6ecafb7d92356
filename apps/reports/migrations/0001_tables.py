import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [("reports", "0001_initial"), ("reports", "0002_kept_readings")]
    initial = True

    dependencies = [("ledger", "0001_tables")]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="MetricSnapshot",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("metric", models.CharField(max_length=40)),
                    ("day", models.DateField()),
                    ("numerator", models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                    ("denominator", models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                    ("value", models.DecimalField(decimal_places=4, help_text="Empty: no data", max_digits=12, null=True)),
                    ("computed_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("metric", "day"), name="snapshot_once")],
                },
            ),
            migrations.CreateModel(
                name="KeptReading",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("day", models.DateField(unique=True)),
                    ("taken_at", models.DateTimeField()),
                    ("content", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ("newest_entry", models.ForeignKey(db_index=False, help_text="The last one posted before: later ones overtake it",
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry")),
                ],
            ),
        ]),
    ]
