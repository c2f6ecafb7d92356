"""The public verbs of this room."""

from apps.claims.rules.document_file import UnacceptableDocumentError
from apps.claims.rules.fields import BadValueError, Change
from apps.claims.services.acknowledge_claims import AcknowledgeResult, acknowledge_claims
from apps.claims.services.ask_status import AskedResult, ask_status
from apps.claims.services.batch_claims import BatchResult, batch_claims
from apps.claims.services.bill_line_later import bill_line_later
from apps.claims.services.build_claims import BuildResult, build_claims
from apps.claims.services.build_secondaries import SecondariesResult, build_secondaries
from apps.claims.services.bulk_fixes import BulkFixResult, retry_bulk_fix, run_bulk_fix, start_bulk_fix
from apps.claims.services.cancel_correction import cancel_correction
from apps.claims.services.change_fields import ChangedMeanwhileError, ClaimNotEditableError
from apps.claims.services.chase_crossovers import CrossoversResult, chase_crossovers
from apps.claims.services.chase_unanswered import chase_unanswered
from apps.claims.services.edit_claim import edit_claim, scrub_again
from apps.claims.services.enter_payer_number import PayerNumberRefusedError, enter_payer_number
from apps.claims.services.fetch_responses import FetchResult, fetch_responses
from apps.claims.services.follow_coverages import follow_coverages
from apps.claims.services.follow_directory import follow_directory
from apps.claims.services.follow_patients import follow_patients
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.services.import_code_edits import ImportedEdits, import_code_pairs, import_unit_limits
from apps.claims.services.import_code_facts import import_code_facts
from apps.claims.services.import_diagnoses import import_diagnoses
from apps.claims.services.insert_adjudications import NewAdjudication, NewAdjustment
from apps.claims.services.keep_documents import (
    LARGEST_DOCUMENT,
    DocumentGoneError,
    keep_document,
    remove_document,
)
from apps.claims.services.lines_off import LineNotMovableError, leave_unbilled, put_line_back, take_line_off
from apps.claims.services.lower_units import lower_units
from apps.claims.services.move_claims import Move, apply_moves, move_claims
from apps.claims.services.note_payer_numbers import note_payer_numbers
from apps.claims.services.payer_rules import (
    RuleDraft,
    RuleRefusedError,
    refusal_to_switch_on,
    save_rule,
    switch_off,
    switch_on,
    try_rule,
)
from apps.claims.services.recheck_further import RecheckNotOpenError, recheck_further_claims, settle_recheck
from apps.claims.services.record_adjudications import (
    RecordResult,
    record_adjudications,
)
from apps.claims.services.record_verdicts import compare_again, record_verdicts
from apps.claims.services.recover_inquiries import recover_inquiries
from apps.claims.services.recover_sends import RecoverResult, recover_sends
from apps.claims.services.reopen_claim import close_reopening, start_reopening
from apps.claims.services.resend_claim import ResendRefusedError, resend_claim
from apps.claims.services.resolve_batch import (
    BatchNotOpenError,
    release_batch,
    resend_batch,
    resolve_unknown_batch,
    settle_late_batch,
)
from apps.claims.services.restate_claims import restate_claims
from apps.claims.services.review_rules import give_book, keep_book_review, keep_review, review_rules
from apps.claims.services.scrub_claims import ScrubResult, scrub_claims
from apps.claims.services.set_answered_version import set_answered_version
from apps.claims.services.settle_crossover import CrossoverNotOpenError, CrossoverOutcome, settle_crossover
from apps.claims.services.settle_findings import (
    CannotSettleError,
    FixResult,
    apply_fixes,
    confirm_coding,
    override_finding,
)
from apps.claims.services.start_correction import (
    CorrectionRefusedError,
    correct_by_hand,
    start_correction,
    void_at_payer,
)
from apps.claims.services.stop_claim import ReasonMissingError, hold_claim, void_claim
from apps.claims.services.submit_batch import submit_batch
from apps.claims.services.take_retold_visit import take_retold_visit
from apps.claims.services.unread_answers import AnswerNotOpenError, read_again, set_aside
from apps.claims.services.whole_tables import HalfATableError

__all__ = [
    "LARGEST_DOCUMENT",
    "AcknowledgeResult",
    "AnswerNotOpenError",
    "AskedResult",
    "BadValueError",
    "BatchNotOpenError",
    "BatchResult",
    "BuildResult",
    "BulkFixResult",
    "CannotSettleError",
    "Change",
    "ChangedMeanwhileError",
    "ClaimNotEditableError",
    "CorrectionRefusedError",
    "CrossoverNotOpenError",
    "CrossoverOutcome",
    "CrossoversResult",
    "DocumentGoneError",
    "FetchResult",
    "FixResult",
    "HalfATableError",
    "Hold",
    "ImportedEdits",
    "LineNotMovableError",
    "Move",
    "NewAdjudication",
    "NewAdjustment",
    "PayerNumberRefusedError",
    "ReasonMissingError",
    "RecheckNotOpenError",
    "RecordResult",
    "RecoverResult",
    "ResendRefusedError",
    "RuleDraft",
    "RuleRefusedError",
    "ScrubResult",
    "SecondariesResult",
    "UnacceptableDocumentError",
    "acknowledge_claims",
    "apply_fixes",
    "apply_moves",
    "ask_status",
    "batch_claims",
    "bill_line_later",
    "build_claims",
    "build_secondaries",
    "cancel_correction",
    "chase_crossovers",
    "chase_unanswered",
    "close_reopening",
    "compare_again",
    "confirm_coding",
    "correct_by_hand",
    "edit_claim",
    "enter_payer_number",
    "fetch_responses",
    "follow_coverages",
    "follow_directory",
    "follow_patients",
    "give_book",
    "hold_claim",
    "hold_claims",
    "import_code_facts",
    "import_code_pairs",
    "import_diagnoses",
    "import_unit_limits",
    "keep_book_review",
    "keep_document",
    "keep_review",
    "leave_unbilled",
    "lower_units",
    "move_claims",
    "note_payer_numbers",
    "override_finding",
    "put_line_back",
    "read_again",
    "recheck_further_claims",
    "record_adjudications",
    "record_verdicts",
    "recover_inquiries",
    "recover_sends",
    "refusal_to_switch_on",
    "release_batch",
    "remove_document",
    "resend_batch",
    "resend_claim",
    "resolve_unknown_batch",
    "restate_claims",
    "retry_bulk_fix",
    "review_rules",
    "run_bulk_fix",
    "save_rule",
    "scrub_again",
    "scrub_claims",
    "set_answered_version",
    "set_aside",
    "settle_crossover",
    "settle_late_batch",
    "settle_recheck",
    "start_bulk_fix",
    "start_correction",
    "start_reopening",
    "submit_batch",
    "switch_off",
    "switch_on",
    "take_line_off",
    "take_retold_visit",
    "try_rule",
    "void_at_payer",
    "void_claim",
]
