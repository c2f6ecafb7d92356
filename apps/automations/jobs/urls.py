from django.urls import path

from apps.automations.jobs import views

app_name = "jobs"
urlpatterns = [path("", views.job_list, name="list")]
