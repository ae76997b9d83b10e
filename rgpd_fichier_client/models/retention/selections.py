"""Lists of values that several models of retention share."""

PHASES = [
    ("active", "In use"),
    ("archive", "Intermediate archive"),
    ("expired", "No reason left"),
]
HOLD_KINDS = [
    ("dispute", "Dispute"),
    ("inspection", "Inspection or audit"),
    ("unpaid", "Unpaid invoice"),
]
ORDER_BASES = [
    ("precontractual", "Pre-contractual measures"),
    ("contract", "Contract"),
    ("contract_legal_obligation", "Contract and legal obligation"),
]
# Classes of the badge of a phase
LOOKS = {"active": "success", "archive": "info", "expired": "danger"}
