import django.db.models.deletion
from django.db import migrations, models

import apps.connectors.payload_field
import apps.core.encryption
import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [("connectors", "0001_initial"), ("connectors", "0002_last_failure")]
    initial = True

    dependencies = []

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="Connection",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("name", models.CharField(max_length=60, unique=True)),
                    ("kind", models.CharField(choices=[("ehr", "Ehr"), ("clearinghouse", "Clearinghouse"), ("payments", "Payments"),
                        ("messaging", "Messaging")], max_length=20)),
                    ("adapter", models.CharField(help_text="A name from settings.ADAPTERS", max_length=40)),
                    ("settings", apps.core.encryption.EncryptedJSONField()),
                    ("enabled", models.BooleanField(default=True)),
                    ("mark", models.CharField(blank=True, help_text="How far polling has come, in the adapter's own words",
                        max_length=200)),
                    ("last_answer_at", models.DateTimeField(blank=True, null=True)),
                    ("last_failure", models.CharField(blank=True, help_text="Empty once it has answered again", max_length=200)),
                    ("failed_at", models.DateTimeField(blank=True, help_text="Its last failure, also where it answered since", null=True)),
                    ("failed_with", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Transmission",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("direction", models.CharField(choices=[("in", "In"), ("out", "Out")], max_length=3)),
                    ("kind", models.CharField(help_text="837P, 835, 999, 277CA, 270, 271, TA1, csv, webhook.ehr, ...", max_length=20)),
                    ("vendor_key", models.CharField(help_text="The vendor's event id, or file name + checksum", max_length=200)),
                    ("checksum", models.CharField(max_length=64)),
                    ("name", models.CharField(blank=True, max_length=200)),
                    ("control_number", models.CharField(blank=True, max_length=20)),
                    ("payload", apps.connectors.payload_field.PayloadField()),
                    ("size", models.PositiveIntegerField(help_text="Of the whole payload, bytes")),
                    ("state", models.CharField(choices=[("stored", "Stored"), ("sending", "Sending"), ("sent", "Sent"),
                        ("unknown", "Unknown"), ("processed", "Processed"), ("failed", "Failed")], default="stored", max_length=10)),
                    ("at", models.DateTimeField()),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                    ("problem", models.CharField(blank=True, max_length=300)),
                    ("connection", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="transmissions", to="connectors.connection")),
                ],
                options={
                    "indexes": [
                        models.Index(condition=models.Q(("state", "stored")), fields=["kind", "at"], name="transmission_waiting"),
                        models.Index(condition=models.Q(("state", "sending")), fields=["kind", "at"], name="transmission_leaving"),
                        models.Index(fields=["kind", "-at"], name="connectors__kind_8628f0_idx"),
                        models.Index(fields=["checksum"], name="transmission_bytes"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("connection", "kind", "vendor_key"), name="transmission_once",
                            nulls_distinct=False),
                    ],
                },
            ),
            migrations.CreateModel(
                name="TransmissionFrame",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.PositiveIntegerField(help_text="From 1, in the order of the payload")),
                    ("content", apps.core.encryption.EncryptedBytesField()),
                    ("transmission", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="frames",
                        to="connectors.transmission")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("transmission", "number"), name="transmission_frame_once")],
                },
            ),
        ]),
    ]
