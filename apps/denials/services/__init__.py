from apps.denials.services.answer_payer import AnswerError, mark_appealed, mark_reopened, send_correction
from apps.denials.services.coding import ConfirmationError, ask_a_coder, confirm_coding
from apps.denials.services.edit_routes import Route, RouteError, add_route, change_route, end_route, move_route
from apps.denials.services.give_up import GiveUpError, decide_write_off, release_to_patient, write_off
from apps.denials.services.open_denials import OpenedDenials, open_denials
from apps.denials.services.routing_rules import routing_rules
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
    "Route",
    "RouteError",
    "add_route",
    "ask_a_coder",
    "change_route",
    "confirm_coding",
    "decide_write_off",
    "end_route",
    "letter_refusal",
    "mark_appealed",
    "mark_reopened",
    "move_route",
    "open_denials",
    "print_letter",
    "release_to_patient",
    "routing_rules",
    "send_correction",
    "settle_denials",
    "write_letter",
    "write_off",
]
