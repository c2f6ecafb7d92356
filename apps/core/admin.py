"""The back office shows nothing that would let somebody take an account over, or plan a job, without a line in the audit trail."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django_celery_beat import models as beat

for model in (
    EmailAddress,
    Authenticator,
    UserSession,
    Group,
    beat.PeriodicTask,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.SolarSchedule,
    beat.ClockedSchedule,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
