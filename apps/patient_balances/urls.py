from django.urls import include, path

from apps.patient_balances.views import board, detail, disputes, inbound, logs, message_list, money, parked
from apps.worklist.list_views import list_urls

app_name = "balances"
urlpatterns = [
    path("", board.board, name="board"),
    path("export/", board.export, name="export_balances"),
    path("", include(list_urls(board.BALANCES))),
    path("messages/", message_list.messages, name="messages"),
    path("messages/export/", message_list.export, name="export_messages"),
    path("messages/", include(list_urls(message_list.MESSAGES))),
    path("consents/", logs.consents, name="consents"),
    path("texts/", logs.templates, name="texts"),
    path("texts/<str:subject>/", logs.templates, name="texts_for"),
    path("inbound/<str:public_id>/", inbound.inbound, name="inbound"),
    path("inbound/<str:public_id>/answered/", inbound.answered, name="answered"),
    path("disputes/<str:public_id>/", disputes.dispute, name="dispute"),
    path("disputes/<str:public_id>/answered/", disputes.answered, name="answer_dispute"),
    path("disputes/<str:public_id>/compared/", disputes.compared, name="compare_dispute"),
    path("payments/<str:public_id>/", inbound.stray, name="stray"),
    path("payments/<str:public_id>/settle/", inbound.settle_stray, name="settle_stray"),
    path("money/<str:public_id>/", money.money, name="money"),
    path("money/<str:public_id>/settle/", money.settle_money, name="settle_money"),
    path("money/<str:public_id>/decide/", money.decide_money, name="decide_money"),
    path("set-apart/<str:public_id>/", parked.refund, name="refund_parked"),
    path("message/<str:message_id>/mailed/", detail.mailed, name="mailed"),
    path("message/<str:message_id>/resolve/", detail.resolve, name="resolve"),
    path("link/<str:link_id>/revoke/", detail.revoke, name="revoke"),
    path("<str:public_id>/", detail.detail, name="detail"),
    path("<str:public_id>/stop/", detail.stop, name="stop"),
    path("<str:public_id>/resume/", detail.resume, name="resume"),
    path("<str:public_id>/write-off/", detail.write_off, name="write_off"),
    path("<str:public_id>/write-off/decide/", detail.decide_write_off, name="decide_write_off"),
]
