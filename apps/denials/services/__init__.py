from apps.denials.services.answer_payer import AnswerError, mark_appealed, mark_reopened, send_correction
from apps.denials.services.coding import ConfirmationError, ask_a_coder, confirm_coding
from apps.denials.services.give_up import GiveUpError, decide_write_off, release_to_patient, write_off
from apps.denials.services.open_denials import OpenedDenials, open_denials
from apps.denials.services.settle_denials import settle_denials
from apps.denials.services.take_denial import DenialClosedError
from apps.denials.services.write_letter import PDF_REMEDY, PrintingError, letter_refusal, print_letter, write_letter

__all__ = [
    "PDF_REMEDY",
    "AnswerError",
    "ConfirmationError",
    "DenialClosedError",
    "GiveUpError",
    "OpenedDenials",
    "PrintingError",
    "ask_a_coder",
    "confirm_coding",
    "decide_write_off",
    "letter_refusal",
    "mark_appealed",
    "mark_reopened",
    "open_denials",
    "print_letter",
    "release_to_patient",
    "send_correction",
    "settle_denials",
    "write_letter",
    "write_off",
]
