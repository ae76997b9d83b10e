"""Legal bases (Art. 6) and the rights each one opens.

One purpose rests on exactly one basis; the rights a person has over a datum follow
from it. The table is the one CNIL gives in its developer's guide, sheet 15.
"""

BASES = (
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_task",
    "legitimate_interest",
)
ARTICLES = {
    "consent": "6.1.a",
    "contract": "6.1.b",
    "legal_obligation": "6.1.c",
    "vital_interest": "6.1.d",
    "public_task": "6.1.e",
    "legitimate_interest": "6.1.f",
}
RIGHTS = (
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "withdraw",
)

# Answers: "yes", "limited" (only in the cases the law names), "no".
_EVERYONE = {"access": "yes", "rectification": "yes", "restriction": "yes"}
_OPENED = {
    "consent": {"erasure": "yes", "portability": "yes", "withdraw": "yes"},
    "contract": {"erasure": "yes", "portability": "yes"},
    "legal_obligation": {"erasure": "limited"},
    "vital_interest": {"erasure": "yes"},
    "public_task": {"objection": "yes"},
    "legitimate_interest": {"erasure": "yes", "objection": "yes"},
}


def get_rights(basis, *, is_prospecting=False):
    """Return ``{right: "yes" | "limited" | "no"}`` for a legal basis.

    Objection to prospecting exists whatever the basis (Art. 21.2); under consent it
    takes the form of a withdrawal as well.
    """
    opened = dict.fromkeys(RIGHTS, "no") | _EVERYONE | _OPENED[basis]
    if is_prospecting:
        opened["objection"] = "yes"
    return opened


def get_opened_rights(basis, *, is_prospecting=False):
    """Return the names of the rights that are open, in the order of the law."""
    rights = get_rights(basis, is_prospecting=is_prospecting)
    return [name for name in RIGHTS if rights[name] != "no"]
