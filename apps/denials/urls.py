from django.urls import path

from apps.denials.views import card, export, queue, routes
from apps.worklist.bulk_views import bulk_urls
from apps.worklist.list_views import list_urls

app_name = "denials"
urlpatterns = [
    path("", queue.denials, name="list"),
    path("export/", export.export, name="export"),
    *list_urls(queue.DENIALS),
    *bulk_urls(queue.BULK),
    path("routing/", routes.routes, name="routes"),
    path("routing/new/", routes.new_route, name="new_route"),
    path("routing/<int:key>/", routes.edit_route, name="route"),
    path("routing/<int:key>/move/", routes.move, name="move_route"),
    path("routing/<int:key>/end/", routes.end, name="end_route"),
    path("<slug:public_id>/", card.card, name="card"),
    path("<slug:public_id>/letter.pdf", card.letter, name="letter"),
    path("<slug:public_id>/ask-a-coder/", card.ask_a_coder, name="ask_a_coder"),
    path("<slug:public_id>/confirm/", card.confirm, name="confirm"),
    path("<slug:public_id>/send/", card.send_correction, name="send"),
    path("<slug:public_id>/write-letter/", card.write_letter, name="write_letter"),
    path("<slug:public_id>/appealed/", card.appealed, name="appealed"),
    path("<slug:public_id>/reopened/", card.reopened, name="reopened"),
    path("<slug:public_id>/write-off/", card.write_off, name="write_off"),
    path("<slug:public_id>/write-off/decide/", card.decide_write_off, name="decide_write_off"),
    path("<slug:public_id>/release/", card.release, name="release"),
    path("<slug:public_id>/note/", card.note, name="note"),
    path("<slug:public_id>/assign/", card.assign, name="assign"),
]
