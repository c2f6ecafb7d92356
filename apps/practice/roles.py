"""Who may do what: a table, read by views and by the navigation."""

from enum import StrEnum


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    BILLER = "biller"
    CODER = "coder"
    FRONT_DESK = "front_desk"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Permission(StrEnum):
    VIEW_CLAIMS = "view_claims"
    EDIT_CLAIMS = "edit_claims"
    SUBMIT_CLAIMS = "submit_claims"
    CONFIRM_CODING = "confirm_coding"
    # Whoever knows what was done in a visit: the list of visits without charges, and charges entered by hand.
    ENTER_CHARGES = "enter_charges"
    VIEW_ELIGIBILITY = "view_eligibility"
    WORK_ELIGIBILITY = "work_eligibility"
    VIEW_DENIALS = "view_denials"
    WORK_DENIALS = "work_denials"
    # Money given up, or made the patient's: not for whoever only works the coding of a denial.
    CLOSE_DENIALS = "close_denials"
    # A second person's word on money given up above the practice's limit.
    APPROVE_WRITE_OFFS = "approve_write_offs"
    VIEW_BALANCES = "view_balances"
    WORK_BALANCES = "work_balances"
    VIEW_REMITTANCES = "view_remittances"
    WORK_REMITTANCES = "work_remittances"
    VIEW_REPORTS = "view_reports"
    # A closed month is never opened again.
    CLOSE_MONTHS = "close_months"
    # Figures of single people: what each of them closed.
    VIEW_PRODUCTIVITY = "view_productivity"
    VIEW_AUTOMATIONS = "view_automations"
    RUN_AUTOMATIONS = "run_automations"
    CONFIGURE = "configure"
    VIEW_AUDIT = "view_audit"
    # Identity numbers are masked on every page; who may see one whole leaves a row in the trail (45 CFR 164.502(b)).
    REVEAL_IDENTITY = "reveal_identity"


_BILLER = frozenset(Permission) - {
    Permission.CONFIRM_CODING,
    Permission.APPROVE_WRITE_OFFS,
    Permission.CLOSE_MONTHS,
    Permission.VIEW_PRODUCTIVITY,
    Permission.RUN_AUTOMATIONS,
    Permission.CONFIGURE,
    Permission.VIEW_AUDIT,
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission) - {Permission.CONFIRM_CODING},
    Role.BILLER: _BILLER,
    Role.CODER: frozenset(
        {
            Permission.VIEW_CLAIMS,
            Permission.EDIT_CLAIMS,
            Permission.CONFIRM_CODING,
            Permission.ENTER_CHARGES,
            Permission.VIEW_DENIALS,
            Permission.WORK_DENIALS,
            Permission.VIEW_ELIGIBILITY,
        }
    ),
    Role.FRONT_DESK: frozenset(
        {
            Permission.ENTER_CHARGES,
            Permission.VIEW_ELIGIBILITY,
            Permission.WORK_ELIGIBILITY,
            Permission.VIEW_BALANCES,
            Permission.REVEAL_IDENTITY,
        }
    ),
}
# What a patient's record opens to whoever says why it cannot wait (intake.EmergencyAccess): to read, never to act.
EMERGENCY_READS = frozenset({Permission.VIEW_CLAIMS, Permission.VIEW_DENIALS, Permission.VIEW_BALANCES})


def may(role: Role | None, permission: Permission) -> bool:
    return role is not None and permission in PERMISSIONS[role]


def closed_of_records(role: Role | None) -> frozenset[Permission]:
    """What of a patient's record this role opens in an emergency only; nothing for whoever has no role at all."""
    return EMERGENCY_READS - PERMISSIONS[role] if role is not None else frozenset()
