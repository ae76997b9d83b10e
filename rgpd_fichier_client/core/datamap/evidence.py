"""How much each thing in common says about who somebody is: one scale for all screens.

Points out of 100 of the best evidence, and a little for each further one. A name proves
nothing: several persons share it, and giving the data of one to another is a breach
(Art. 32, 33 GDPR); without an address or a number it never reaches ``SURE``. The same
address under another name is marked, because families share mailboxes.
"""

SURE = 90
LIKELY = 80
# Two things in common of which one names a mailbox or a number of the file
DECISIVE = 95
FURTHER = 3
AGAINST = ("name_differs",)

POINTS = {
    "email": 100,
    "code": 95,
    "reference": 95,
    "login": 95,
    "phone": 92,
    "email_alias": 90,  # the same mailbox but for a plus tag
    "name_address": 80,
    "phone_national": 80,  # typed without country, and theirs is of another one
    "name": 60,
    "address": 50,
    "name_part": 40,
    "name_like": 40,
    "name_start": 25,
    "name_differs": 0,
}


def combine(codes):
    """Return ``(points, codes)``, best evidence first.

    >>> combine(["name", "email"]), combine(["name", "address"]), combine([])
    ((100, ('email', 'name')), (63, ('name', 'address')), (0, ()))
    """
    codes = tuple(sorted(set(codes), key=lambda code: (-POINTS[code], code)))
    speaking = [code for code in codes if code not in AGAINST]
    if not speaking:
        return 0, ()
    best = POINTS[speaking[0]]
    # Only what is strong by itself makes sure
    ceiling = 100 if best >= SURE else SURE - 1
    return min(best + FURTHER * (len(speaking) - 1), ceiling), codes


def get_level(codes):
    """Return how likely it is the person: `strong`, `likely` or `weak`.

    Strong takes two things in common, of which one is decisive, or three. A name that
    differs takes one level off.
    """
    points, codes = combine(codes)
    speaking = [code for code in codes if code not in AGAINST]
    is_sure = points >= SURE
    if is_sure and (
        len(speaking) > 2 or (len(speaking) > 1 and POINTS[speaking[0]] >= DECISIVE)
    ):
        level = 2
    else:
        level = 1 if is_sure or points >= LIKELY or len(speaking) > 2 else 0
    if "name" in speaking and "address" in speaking:
        level = max(level, 1)
    if len(speaking) < len(codes):
        level = max(0, level - 1)
    return ("weak", "likely", "strong")[level]
