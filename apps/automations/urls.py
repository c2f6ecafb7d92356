from django.urls import path

from apps.automations import views

app_name = "automations"
urlpatterns = [
    path("", views.automation_list, name="list"),
    path("step/<str:name>/", views.failed_step, name="step"),
    path("<slug:name>/", views.automation_detail, name="detail"),
    path("<slug:name>/times/", views.move, name="move"),
    path("<slug:name>/live-since/", views.set_live_since, name="live_since"),
    path("<slug:name>/run/", views.run_now, name="run"),
    path("<slug:name>/switch/", views.switch, name="switch"),
]
