from django.urls import path, re_path

from apps.remittances.views import contracts, exceptions, payments

app_name = "remittances"
urlpatterns = [
    path("", payments.payment_list, name="list"),
    path("upload/", payments.upload, name="upload"),
    path("exceptions/", exceptions.exception_list, name="exceptions"),
    path("exceptions/<slug:public_id>/", exceptions.exception_page, name="exception"),
    re_path(
        r"^exceptions/(?P<public_id>[0-9a-z]+)/settle/(?P<how>post|hand|apart|own)/$",
        exceptions.settle,
        name="settle",
    ),
    path("contracts/", contracts.underpayment_list, name="underpayments"),
    path("contracts/schedules/", contracts.schedules, name="schedules"),
    path("contracts/schedules/import/", contracts.import_schedule, name="import_schedule"),
    path("contracts/<slug:public_id>/", contracts.underpayment_page, name="underpayment"),
    path("contracts/<slug:public_id>/settle/", contracts.settle, name="settle_underpayment"),
    path("<slug:public_id>/", payments.file_page, name="file"),
    path("<slug:public_id>/<int:payment>/<int:number>/", payments.claim_part, name="claim_part"),
]
