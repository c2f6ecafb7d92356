"""Where a practice starts: a lane for the codes that it meets most, and one for all others (DOMAIN 5)."""

MODIFIER = "Confirm the proposed modifier and send the corrected claim"
COORDINATION = "Verify the secondary coverage and bill in the right order"
CODING = "Review whether the services were distinct"
NECESSITY = "Complete the medical necessity letter and send it"

# place, CARC, lane, owner, first action. The last matches everything.
DEFAULT_ROUTES = (
    (10, "4", "modifier", "biller", MODIFIER),
    (20, "22", "coordination", "biller", COORDINATION),
    (30, "97", "coding_review", "coder", CODING),
    (31, "231", "coding_review", "coder", CODING),
    (32, "236", "coding_review", "coder", CODING),
    (33, "B15", "coding_review", "coder", CODING),
    (40, "50", "medical_necessity", "biller", NECESSITY),
    (41, "167", "medical_necessity", "biller", NECESSITY),
    (1000, "", "general", "biller", "Read the payer's remark and choose the answer"),
)
