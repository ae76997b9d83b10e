"""Leads of an organisation: which of them name somebody; for Python and SQL alike."""

# name, e-mail and phone of the customer
ACME = ("Acme Test", "contact@acme.example", "+33 1 99 00 10 10")
NOBODY = ("Acme Test", "", "")
ERASED = "Personne effacée 0A1B2C3D4E"
LABEL = "[effacé]"
UNIQUE = "erased-0123456789abcdef"
# customer, (name, e-mail, phone, name of the company) on the lead, names somebody
NAMED = [
    (ACME, ("", "", "", ""), False),
    (ACME, ACME + ("",), False),
    (ACME, (" ACME test ", "Contact@Acme.example", "01 99 00 10 10", ""), False),
    (ACME, ("Jeanne Dupré", "", "", ""), True),
    (ACME, ("", "jeanne.dupre@acme.example", "", ""), True),
    (ACME, ("", "", "+33 6 39 98 30 77", ""), True),
    (ACME, ("Jeanne Dupré", "contact@acme.example", "+33 1 99 00 10 10", ""), True),
    # Nothing is known of the customer: what the lead says is in doubt somebody's
    (NOBODY, ("", "contact@acme.example", "", ""), True),
    (NOBODY, ("", "", "01 99 00 10 10", ""), True),
    # The lead calls the organisation by another name
    (ACME, ("Acme France", "", "", "Acme France"), False),
    (ACME, ("Acme France", "", "", ""), True),
    (ACME, ("  ", " ", "poste", ""), False),
    # Whose name left it: no lead comes back by that
    (ACME, (ERASED, "", "", ""), False),
    (ACME, (ERASED, "jeanne.dupre@acme.example", "", ""), True),
    # Whatever masking the DPO chose
    (ACME, (LABEL, LABEL, LABEL, ""), False),
    (ACME, ("Mme [Effacé]", "", "", ""), False),
    (ACME, (UNIQUE, UNIQUE, UNIQUE, ""), False),
    (ACME, (ERASED, ERASED, ERASED, ""), False),
    (ACME, (LABEL, UNIQUE, "+33 6 39 98 30 77", ""), True),
    (ACME, ("Jeanne Dupré", UNIQUE, ERASED, ""), True),
]
