from django.urls import path

from apps.eligibility import views

app_name = "eligibility"
urlpatterns = [
    path("", views.tomorrow, name="tomorrow"),
    path("recheck/", views.recheck_day, name="recheck_day"),
    path("<slug:public_id>/", views.check, name="check"),
    path("<slug:public_id>/recheck/", views.recheck, name="recheck"),
    path("<slug:public_id>/coverage/", views.new_coverage, name="new_coverage"),
    path("<slug:public_id>/verified/", views.verified, name="verified"),
    path("<slug:public_id>/self-pay/", views.self_pay, name="self_pay"),
    path("<slug:public_id>/self-pay/taken-back/", views.self_pay_taken_back, name="self_pay_taken_back"),
    path("<slug:public_id>/rescheduled/", views.rescheduled, name="rescheduled"),
]
