from django.urls import path

from apps.reports.views import figures, month_end, variance

app_name = "reports"
urlpatterns = [
    path("", figures.dashboard, name="dashboard"),
    path("measure/", figures.measure, name="measure"),
    path("months/", month_end.months, name="months"),
    path("months/<slug:month>/close/", month_end.close, name="close_month"),
    path("variance/", variance.variance, name="variance"),
    path("<slug:key>/", figures.metric, name="metric"),
]
