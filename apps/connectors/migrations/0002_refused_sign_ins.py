import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connectors", "0001_tables")]

    operations = [
        migrations.CreateModel(
            name="RefusedSignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "door",
                    models.CharField(
                        blank=True, help_text="Which of its credentials; empty: its main ones", max_length=20
                    ),
                ),
                ("at", models.DateTimeField(help_text="When they were refused, or last tried")),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refused_sign_ins",
                        to="connectors.connection",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "door"), name="refused_sign_in_once")]
            },
        ),
    ]
