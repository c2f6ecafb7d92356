from django.urls import path

from apps.intake.views import entry, patients, uncharged

app_name = "intake"
urlpatterns = [
    path("without-charges/", uncharged.uncharged, name="uncharged"),
    path("without-charges/<slug:provider_id>/", uncharged.uncharged, name="uncharged_of"),
    path("without-charges/<slug:public_id>/explain/", uncharged.not_charged, name="not_charged"),
    path("charges/", entry.find_patient, name="find_patient"),
    path("charges/new-patient/", patients.enter_new, name="new_patient"),
    path("charges/patient/<slug:public_id>/", entry.enter_for_patient, name="enter_for_patient"),
    path("charges/visit/<slug:public_id>/", entry.enter_for_visit, name="enter_for_visit"),
]
