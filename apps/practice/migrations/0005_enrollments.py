"""Enrollment, as US practices write it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("practice", "0004_refused_invitations")]

    operations = [
        migrations.RemoveConstraint("payerchannel", "payer_channel_enrolled_since"),
        migrations.RenameField("payerchannel", "enrolment", "enrollment"),
        migrations.RenameField("payerchannel", "enrolment_on", "enrollment_on"),
        migrations.AddConstraint(
            "payerchannel",
            models.CheckConstraint(
                condition=Q(enrollment_on__isnull=False) | ~Q(enrollment__in=["applied", "active"]),
                name="payer_channel_enrolled_since",
            ),
        ),
        migrations.RemoveConstraint("providerenrolment", "provider_enrolment_once"),
        migrations.RemoveConstraint("providerenrolment", "provider_enrolment_active_since"),
        migrations.RemoveConstraint("providerenrolment", "provider_enrolment_ends_after"),
        migrations.RenameModel("ProviderEnrolment", "ProviderEnrollment"),
        migrations.AlterField(
            "providerenrollment",
            "payer",
            models.ForeignKey("practice.Payer", django.db.models.deletion.PROTECT, related_name="provider_enrollments"),
        ),
        migrations.AlterField(
            "providerenrollment",
            "provider",
            models.ForeignKey("practice.Provider", django.db.models.deletion.PROTECT, related_name="enrollments"),
        ),
        migrations.AddConstraint(
            "providerenrollment",
            models.UniqueConstraint(
                fields=["provider", "payer", "starts_on"], name="provider_enrollment_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            "providerenrollment",
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | ~Q(state="active"), name="provider_enrollment_active_since"
            ),
        ),
        migrations.AddConstraint(
            "providerenrollment",
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="provider_enrollment_ends_after"
            ),
        ),
    ]
