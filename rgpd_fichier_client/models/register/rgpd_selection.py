"""Lists of choices that several models of the register share."""

LEGAL_BASES = [
    ("consent", "Consent"),
    ("contract", "Performance of a contract or steps before it"),
    ("legal_obligation", "Legal obligation"),
    ("vital_interest", "Vital interests"),
    ("public_task", "Public interest task"),
    ("legitimate_interest", "Legitimate interest"),
]
START_EVENTS = [
    ("collection", "Collection"),
    ("last_contact", "Last contact from the person"),
    ("relation_end", "End of the relationship"),
    ("order", "Order"),
    ("contract_end", "End of the contract"),
    ("delivery", "Delivery"),
    ("invoice", "Invoice"),
    ("fiscal_year_end", "End of the financial year"),
    ("payment", "Payment"),
    ("claim_closed", "Claim closed"),
    ("incident", "Incident of payment"),
    ("objection", "Objection"),
    ("consent_end", "End of the consent"),
    ("closing", "Closing of the file"),
]
UNITS = [("day", "Days"), ("month", "Months"), ("year", "Years")]
END_ACTIONS = [
    ("delete", "Delete"),
    ("anonymize", "Anonymise"),
    ("archive", "Keep in the archive"),
    ("review", "Review"),
]
DATA_ORIGINS = [
    ("person", "From the person (Art. 13)"),
    ("indirect", "From somebody else (Art. 14)"),
    ("both", "From the person and from somebody else"),
]
SENSITIVE_EXCEPTIONS = [
    ("a", "a) explicit consent of the person"),
    ("b", "b) employment, social security and social protection law"),
    ("c", "c) vital interests of a person unable to consent"),
    ("d", "d) members of a non-profit body"),
    ("e", "e) data made public by the person"),
    ("f", "f) legal claims"),
    ("g", "g) substantial public interest"),
    ("h", "h) medicine, health and social care"),
    ("i", "i) public health"),
    ("j", "j) archives, research, statistics"),
]


def get_label(record, name):
    """Return the words of a selection value, in the language of the user."""
    labels = dict(record._fields[name]._description_selection(record.env))
    return labels.get(record[name], "")


def to_text(date):
    """Return a date as ISO text, empty when there is none."""
    return date.isoformat() if date else ""
