from django.urls import path

from apps.claims.views import answers, batches, exceptions, further, lists, payer_rule_editor, payer_rules, rule_reviews

app_name = "claims"
urlpatterns = [
    path("", lists.claims, name="list"),
    path("exceptions/", exceptions.queue, name="exceptions"),
    path("exceptions/fixes/", exceptions.apply_fixes, name="apply_fixes"),
    path("exceptions/scrub/", exceptions.scrub_again, name="scrub_again"),
    path("exceptions/<slug:public_id>/", exceptions.one, name="exception"),
    path("exceptions/<slug:public_id>/fix/", exceptions.apply_fix, name="apply_fix"),
    path("exceptions/<slug:public_id>/confirm/", exceptions.confirm, name="confirm"),
    path("exceptions/<slug:public_id>/override/", exceptions.override, name="override"),
    path("exceptions/<slug:public_id>/edit/", exceptions.edit, name="edit"),
    path("exceptions/<slug:public_id>/scrub/", exceptions.scrub, name="scrub"),
    path("exceptions/<slug:public_id>/hold/", exceptions.hold, name="hold"),
    path("exceptions/<slug:public_id>/void/", exceptions.void, name="void"),
    path("further/<slug:public_id>/crossover/", further.crossover, name="crossover"),
    path("further/<slug:public_id>/recheck/", further.recheck, name="recheck"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<slug:public_id>/", batches.batch, name="batch"),
    path("batches/<slug:public_id>/arrived/", batches.arrived, name="batch_arrived"),
    path("batches/<slug:public_id>/not-arrived/", batches.not_arrived, name="batch_not_arrived"),
    path("batches/<slug:public_id>/resend/", batches.resend, name="batch_resend"),
    path("batches/<slug:public_id>/release/", batches.release, name="batch_release"),
    path("batches/<slug:public_id>/late/", batches.settle_late, name="batch_late"),
    path("rules/", payer_rules.rules, name="payer_rules"),
    path("rules/new/", payer_rule_editor.new, name="new_payer_rule"),
    path("rules/<slug:public_id>/", payer_rules.rule, name="payer_rule"),
    path("rules/<slug:public_id>/edit/", payer_rule_editor.edit, name="edit_payer_rule"),
    path("rules/<slug:public_id>/try/", payer_rules.try_it, name="try_payer_rule"),
    path("rules/<slug:public_id>/review/", rule_reviews.review, name="review_payer_rule"),
    path("rules/<slug:public_id>/switch/", payer_rules.switch, name="switch_payer_rule"),
    path("answers/<slug:public_id>/", answers.answer, name="answer"),
    path("answers/<slug:public_id>/again/", answers.again, name="answer_again"),
    path("answers/<slug:public_id>/aside/", answers.aside, name="answer_aside"),
]
