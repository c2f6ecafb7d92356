"""What the page of a work item is called where a link leads to it."""

# By the page's name; by its room where that has one kind of page.
_PAGES = {
    "automations": "the automation",
    "balances": "the balance",
    "balances:board": "the board",
    "balances:dispute": "the dispute",
    "balances:inbound": "the message",
    "balances:messages": "the messages",
    "balances:money": "the money",
    "balances:stray": "the payment",
    "balances:texts_for": "the texts",
    "claims": "the claim",
    "claims:answer": "the answer",
    "claims:batch": "the file",
    "claims:bulk_fix": "the bulk fix",
    "claims:payer_rule": "the rule",
    "claims:review_payer_rule": "the review",
    "claims:rule_book": "the review",
    "denials": "the denial",
    "eligibility": "the coverage check",
    "intake": "the visits",
    "remittances": "the payment",
    "remittances:bank_file": "the bank file",
    "remittances:bank_line": "the bank line",
    "remittances:exception": "the exception",
    "remittances:expected_deposit": "the deposit",
    "remittances:file": "the remittance file",
    "remittances:underpayment": "the underpayment",
    "settings:emergency": "the emergency access",
    "settings:payer": "the payer",
    "settings:test_connection": "the connection",
    "workspace:claim": "the claim",
    "workspace:patient": "the patient",
    "workspace:refused_appointment": "the refused visit",
    "workspace:refused_charges": "the refused charges",
    "workspace:visit_conflict": "the two versions",
}


def page_words(url_name: str) -> str:
    """ "the claim", "the remittance file"."""
    return _PAGES.get(url_name) or _PAGES.get(url_name.partition(":")[0], "its page")
