"""The lists of values that several consent models share."""

CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("partners", "Partners"),
    ("tracking", "Mail tracking"),
]
# An objection or a withdrawal may be about every channel at once; a consent never.
SCOPES = [*CHANNELS, ("all", "All channels")]
DECISIONS = [
    ("given", "Consent given"),
    ("pending", "To be confirmed by mail"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("expired", "Expired"),
    ("objected", "Objection"),
    ("unreachable", "Address that returns mail"),
    ("reachable", "Address that works again"),
]
COLLECTION_POINTS = [
    ("portal", "Customer portal"),
    ("preferences", "Preference page"),
    ("web_form", "Web form"),
    ("paper", "Paper"),
    ("till", "Counter"),
    ("phone", "Phone call"),
    ("email", "E-mail or letter received"),
    ("import", "Import"),
    ("api", "Other software"),
    ("system", "Automatic"),
]
METHODS = [
    ("box", "Box ticked by the person"),
    ("signature", "Box ticked when signing"),
    ("payment", "Box ticked when paying"),
    ("double_optin", "Confirmed by mail"),
    ("button", "Button clicked by the person"),
    ("form", "Signed form"),
    ("spoken", "Said aloud"),
    ("written", "Written message"),
    ("file", "Row of a file"),
    ("merge", "Merge of two records, stricter choice kept"),
    ("end", "End of validity"),
    ("bounce", "Mail returned by the server"),
    ("answer", "Mail received from the address"),
    ("checked", "Address checked by the staff"),
    ("unknown", "Unknown"),
]
ACTORS = [
    ("self", "The person"),
    ("parent", "The holder of parental authority"),
    ("staff", "Staff, on the person's behalf"),
    ("system", "The software"),
]
