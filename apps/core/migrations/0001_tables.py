import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("core", "0001_initial"), ("core", "0002_automation_expected_from"), ("core", "0003_one_log_in_an_address"),
        ("core", "0004_jobs_by_hand"), ("core", "0005_email_is_spelled_one_way"),
    ]
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="Automation",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("name", models.CharField(max_length=60, unique=True)),
                    ("enabled", models.BooleanField(default=True)),
                    ("live_since", models.DateField(blank=True, null=True)),
                    ("expected_from", models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name="User",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    ("is_superuser", models.BooleanField(default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status")),
                    ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                    ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                    ("is_staff", models.BooleanField(default=False, help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status")),
                    ("is_active", models.BooleanField(default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active")),
                    ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                    ("groups", models.ManyToManyField(blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set", related_query_name="user", to="auth.group", verbose_name="groups")),
                    ("user_permissions", models.ManyToManyField(blank=True, help_text="Specific permissions for this user.",
                        related_name="user_set", related_query_name="user", to="auth.permission", verbose_name="user permissions")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="one_log_in_an_address")],
                },
            ),
            migrations.CreateModel(
                name="JobRun",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("step", models.CharField(max_length=60)),
                    ("state", models.CharField(choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")], default="running",
                        max_length=10)),
                    ("started_at", models.DateTimeField()),
                    ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ("counts", models.JSONField(default=dict)),
                    ("error", models.CharField(blank=True, max_length=300)),
                    ("by_hand", models.BooleanField(default=False)),
                    ("done", models.PositiveIntegerField(default=0)),
                    ("total", models.PositiveIntegerField(blank=True, null=True)),
                    ("url_name", models.CharField(blank=True, max_length=60)),
                    ("subject_public_id", models.CharField(blank=True, max_length=40)),
                    ("requested_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["step", "-started_at"], name="core_jobrun_step_69c553_idx"),
                        models.Index(condition=models.Q(("by_hand", True)), fields=["-started_at", "-id"], name="job_by_hand"),
                        models.Index(condition=models.Q(("by_hand", True)), fields=["requested_by", "-started_at", "-id"],
                            name="job_by_person"),
                    ],
                },
            ),
        ]),
    ]
