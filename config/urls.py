"""Every address of the product. Each room brings its own."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from apps.core import views as core_views

handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.forbidden"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.server_error"

urlpatterns = [
    path("", include("apps.workspace.urls")),
    path("claims/", include("apps.claims.urls")),
    path("visits/", include("apps.intake.urls")),
    path("eligibility/", include("apps.eligibility.urls")),
    path("denials/", include("apps.denials.urls")),
    path("balances/", include("apps.patient_balances.urls")),
    path("pay/", include("apps.patient_balances.patient_urls")),
    path("remittances/", include("apps.remittances.urls")),
    path("reports/", include("apps.reports.urls")),
    path("jobs/", include("apps.automations.jobs.urls")),
    path("automations/", include("apps.automations.urls")),
    path("settings/", include("apps.workspace.settings_urls")),
    path("webhooks/", include("apps.automations.webhook_urls")),
    path("account/", include("apps.practice.closed_urls")),
    path("account/", include("allauth.urls")),
    path("back-office/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("back-office/", admin.site.urls),
    path("healthz", core_views.health, name="health"),
]

if settings.DEMO_MODE:
    urlpatterns += [
        path("styleguide/", core_views.styleguide, name="styleguide"),
        path("sandbox/", include("apps.automations.console.urls")),
    ]
