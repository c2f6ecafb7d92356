"""Named by INSTALLED_APPS before any model is loaded, so it stands apart from the site that it names."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "apps.practice.back_office.BackOffice"
