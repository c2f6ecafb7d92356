"""What doing an item of work asks for, where looking at its page asks for less.

It is what the acts on the page ask for, so that work is given to nobody who could only read it.
"""

from apps.practice.roles import Permission

# Where a page serves work of several kinds, the kind tells.
_OF_KIND = {
    "write_off_approval": Permission.APPROVE_WRITE_OFFS,
    "confirm_payer": Permission.CONFIGURE,
    # Somebody calls the patient; nothing of the balance is changed.
    "link_locked": Permission.VIEW_BALANCES,
    "patient_alike": Permission.ENTER_CHARGES,
}
_OF_PAGE = {
    "claims:exception": Permission.EDIT_CLAIMS,
    "claims:answer": Permission.SUBMIT_CLAIMS,
    "claims:batch": Permission.SUBMIT_CLAIMS,
    "claims:payer_rule": Permission.CONFIGURE,
    "workspace:claim": Permission.SUBMIT_CLAIMS,
    "workspace:visit_conflict": Permission.EDIT_CLAIMS,
    "workspace:refused_charges": Permission.SUBMIT_CLAIMS,
    "workspace:refused_appointment": Permission.WORK_ELIGIBILITY,
    "workspace:patient": Permission.WORK_ELIGIBILITY,
    "eligibility:check": Permission.WORK_ELIGIBILITY,
    "denials:card": Permission.WORK_DENIALS,
    "balances:detail": Permission.WORK_BALANCES,
    "balances:money": Permission.WORK_BALANCES,
    "balances:dispute": Permission.WORK_BALANCES,
    "balances:stray": Permission.WORK_BALANCES,
    "balances:texts_for": Permission.CONFIGURE,
    "remittances:exception": Permission.WORK_REMITTANCES,
    "remittances:underpayment": Permission.WORK_REMITTANCES,
    "remittances:bank_line": Permission.WORK_REMITTANCES,
    "remittances:bank_file": Permission.WORK_REMITTANCES,
    "remittances:expected_deposit": Permission.WORK_REMITTANCES,
    "automations:step": Permission.RUN_AUTOMATIONS,
    "automations:detail": Permission.RUN_AUTOMATIONS,
    "settings:emergency": Permission.CONFIGURE,
}


def permission_to_do(kind: str, page: str, to_open: Permission | None) -> Permission | None:
    """`page`: the URL name of the item's page; `to_open`: what that asks for, and what doing asks for where nothing else is named."""
    return _OF_KIND.get(kind) or _OF_PAGE.get(page, to_open)
