"""Which letter answers what, and what sending it does to the request.

The letters follow the list of rights letters every controller needs; each has a
code, the act of the state machine that sending it carries out, the rights and
decisions it answers, and what the officer must fill in first. The words are the
model's; here are only the conditions of the law.
"""

from dataclasses import dataclass

from ..errors import CoreError

GRANTED = ("granted", "none")
ANY = ("granted", "partial", "none", "refused")


class LetterNotAllowedError(CoreError):
    """The letter does not fit the state of the request, or its rights."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Letter:
    """One kind of letter.

    :param code: key used everywhere
    :param act: act of the state machine, done together with the sending
    :param rights: rights of Art. 15 to 22 that the letter answers; empty: it is no
        answer, but a step on the way
    :param decisions: decisions it can tell
    :param needs: what must be filled in before it is sent
    :param remedy: the court is named beside the CNIL (Art. 12.4, 77 and 79)
    :param to_recipient: goes to a recipient of the data, not to the person (Art. 19)
    :param without_request: the company writes first, nobody asked
    """

    code: str
    act: str | None = None
    rights: tuple = ()
    decisions: tuple = ()
    needs: tuple = ()
    remedy: bool = False
    to_recipient: bool = False
    without_request: bool = False


_ALL_RIGHTS = (
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "withdraw",
    "automated",
    "post_mortem",
)

_LETTERS = (
    Letter("acknowledgement"),
    Letter("identity", act="ask_identity", needs=("reason",)),
    Letter("clarification", act="ask_clarification", needs=("reason",)),
    Letter("extension", act="extend", needs=("reason",), remedy=True),
    Letter("refusal", rights=_ALL_RIGHTS, decisions=("refused",), remedy=True),
    Letter("access", rights=("access",), decisions=("granted", "partial", "none")),
    Letter("portability", rights=("portability",), decisions=("granted", "partial")),
    Letter("rectification", rights=("rectification",), decisions=GRANTED),
    Letter("erasure", rights=("erasure",), decisions=GRANTED),
    Letter("erasure_partial", rights=("erasure",), decisions=("partial",), remedy=True),
    Letter("objection", rights=("objection",), decisions=("granted", "partial")),
    Letter("restriction", rights=("restriction",), decisions=("granted", "partial")),
    Letter("restriction_lifting", needs=("reason", "date_effect"), remedy=True),
    Letter("withdrawal", rights=("withdraw",), decisions=GRANTED),
    Letter("automated", rights=("automated",), decisions=("granted", "partial")),
    Letter("heir", rights=("post_mortem",), decisions=("granted", "partial", "none")),
    Letter("recipients", to_recipient=True),
    Letter("retention_end", needs=("date_effect",), without_request=True),
    Letter("account_inactive", needs=("date_effect",), without_request=True),
)
LETTERS = {letter.code: letter for letter in _LETTERS}
# Everything left over is answered in the person's own words by the letter of access:
# "we hold nothing about you".
_NOTHING_HELD = "access"


def get_answer(right, decision):
    """Return the code of the letter that tells this decision on this right.

    :param str right: key of `rgpd.request.item.right`
    :param str decision: granted, partial, refused, none
    :raise LetterNotAllowedError: no decision was taken yet

    >>> get_answer("erasure", "partial"), get_answer("portability", "refused")
    ('erasure_partial', 'refusal')
    """
    for letter in _LETTERS:
        if right in letter.rights and decision in letter.decisions:
            return letter.code
    if decision == "none":
        return _NOTHING_HELD
    if decision == "partial":
        return "refusal"
    raise LetterNotAllowedError(right)


def get_answered(code, items):
    """Return the items that a letter answers.

    :param items: iterable of (key, right, decision)
    """
    return [
        key
        for key, right, decision in items
        if decision and get_answer(right, decision) == code
    ]


def get_missing(code, values):
    """Return the names of what is still to fill in before the letter is sent.

    >>> get_missing("identity", {"reason": " "})
    ['reason']
    """
    return [
        name for name in LETTERS[code].needs if not str(values.get(name) or "").strip()
    ]


# === GROUNDS OF REFUSAL === #

_ALWAYS = ("unfounded", "excessive", "identity", "not_applicable")
# right -> grounds the law knows for refusing it, beside those that always exist
_GROUNDS = {
    "access": ("others",),
    "rectification": ("accurate",),
    "erasure": (
        "expression",
        "legal_obligation",
        "public_health",
        "archiving",
        "legal_claims",
    ),
    "restriction": (),
    "portability": ("others", "not_basis"),
    "objection": ("compelling", "legal_claims"),
    "withdraw": (),
    "automated": ("contract_or_law",),
    "post_mortem": ("heirs", "others"),
}
# The objection to prospecting is absolute, and taking back a consent needs no reason
# (Art. 21.3 and 7.3): only who asks can be doubted.
_ABSOLUTE = ("identity", "not_applicable")


def get_grounds(right, *, is_prospecting=False):
    """Return the grounds on which a right may be refused.

    >>> "compelling" in get_grounds("objection", is_prospecting=True)
    False
    """
    if right == "withdraw" or (right == "objection" and is_prospecting):
        return _ABSOLUTE
    return _ALWAYS + _GROUNDS[right]
