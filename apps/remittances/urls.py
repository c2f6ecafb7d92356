from django.urls import path, re_path

from apps.remittances.views import bank_files, classes, contracts, deposit_actions, deposits, exceptions, payments

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
    path("classes/", classes.class_page, name="classes"),
    path("classes/capitated/", classes.capitated, name="capitated"),
    path("classes/capitated/<slug:public_id>/end/", classes.end_capitation, name="end_capitation"),
    path("classes/<slug:public_id>/end/", classes.end, name="end_class"),
    path("deposits/", deposits.deposit_list, name="deposits"),
    path("deposits/upload/", bank_files.upload, name="bank_upload"),
    path("deposits/files/<slug:public_id>/", bank_files.file_page, name="bank_file"),
    path("deposits/rules/", bank_files.rules, name="deposit_rules"),
    path("deposits/rules/<slug:public_id>/end/", bank_files.end, name="end_deposit_rule"),
    path("deposits/credits/<slug:public_id>/", deposits.line_page, name="bank_line"),
    path("deposits/credits/<slug:public_id>/match/", deposit_actions.match, name="match_deposit"),
    path("deposits/credits/<slug:public_id>/aside/", deposit_actions.line_aside, name="line_aside"),
    path("deposits/credits/<slug:public_id>/back/", deposit_actions.line_back, name="line_back"),
    path("deposits/payments/<slug:public_id>/", deposits.payment_page, name="expected_deposit"),
    path("deposits/payments/<slug:public_id>/aside/", deposit_actions.payment_aside, name="payment_aside"),
    path("deposits/payments/<slug:public_id>/back/", deposit_actions.payment_back, name="payment_back"),
    path("deposits/credits/<slug:public_id>/difference/", deposit_actions.line_difference, name="line_difference"),
    path(
        "deposits/payments/<slug:public_id>/difference/", deposit_actions.payment_difference, name="payment_difference"
    ),
    path("deposits/differences/<slug:public_id>/undo/", deposit_actions.difference_back, name="undo_difference"),
    path("deposits/matches/<slug:public_id>/confirm/", deposit_actions.confirm, name="confirm_match"),
    path("deposits/matches/<slug:public_id>/undo/", deposit_actions.undo, name="undo_match"),
    path("files/", payments.file_list, name="files"),
    path("<slug:public_id>/", payments.file_page, name="file"),
    path("<slug:public_id>/<int:number>/", payments.payment_part, name="payment_part"),
    path("<slug:public_id>/<int:payment>/<int:number>/", payments.claim_part, name="claim_part"),
]
