"""What a field that nobody classified probably holds: a proposal, never a decision.

Three grounds, the most telling first: the words of its name and label (in French and
in English), the look of some of its values, and its type. Values are looked at and
forgotten: a proposal holds none of them.
"""

import re
import unicodedata
from dataclasses import dataclass

# A share of the values that look alike is enough: files typed by hand hold slips.
ENOUGH = 0.5
# Fewer values say nothing.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """``ground`` says what it rests on: ``words``, ``values`` or ``type``."""

    category: str
    strategy: str
    ground: str


# Stems of words, whole words when followed by "$"; the first line that matches wins, so
# that what the law protects most comes first.
WORDS = (
    ("sensitive", "empty", "sante$ health medic malad disease allerg handicap disab "
     "grossesse pregnan enceinte$ religi confession$ politi syndicat syndical "
     "ethni$ ethnic racial$ race$ sexual sexuel biometr genetic genetique casier$ "
     "criminal condamn infraction nir$ groupe_sanguin blood securite_sociale "
     "social_security numero_secu diet$ regime_alimentaire"),
    ("birth", "generalise_date", "naissance birth dob$ age$ anniversaire$"),
    ("bank", "empty", "iban$ bic$ rib$ compte_bancaire bank_account sepa$"),
    ("payment", "empty", "carte_bancaire credit_card card_number cvv$ cvc$"),
    ("contact", "empty", "mail$ email courriel telephone phone mobile$ portable$ "
     "fax$ whatsapp skype$ telegram$ linkedin facebook instagram"),
    ("company_identity", "empty", "siret$ siren$ tva$ vat$"),
    ("location", "empty", "gps$ latitude longitude localisation geoloc"),
    ("address", "empty", "adresse address$ rue$ street ville$ city$ code_postal "
     "zip$ postcode digicode$ etage$"),
    ("login", "empty", "password mot_de_passe token$ identifiant$ login$"),
    ("technical", "empty", "ip$ adresse_ip user_agent navigateur$ browser$ device"),
    ("image", "empty", "photo image$ avatar$ portrait$"),
    ("identity", "empty", "nom$ prenom name$ firstname lastname surname civilite "
     "passeport passport piece_identite carte_identite identity permis$ licence$ "
     "signature nationalit gender$ genre$ sexe$ sex$ marital famil conjoint spouse "
     "enfant child"),
    ("loyalty", "empty", "fidelite loyalty points$"),
    ("opinion", "redact", "avis$ rating satisfaction opinion review$"),
    ("preference", "empty", "preference langue$ language taille$ pointure$ gout$ "
     "hobb loisir centre_interet interests$"),
    ("note", "redact", "commentaire comment note$ notes$ remarque remark observation "
     "description memo$ message$ histoire$"),
)  # fmt: skip

VALUES = (
    ("contact", "empty", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)),
    ("bank", "empty", re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?\w{1,3})?")),
    ("sensitive", "empty", re.compile(
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d{2})?"
    )),
    ("contact", "empty", re.compile(r"(?:\+|00)?\d(?:[ .-]?\d){8,13}")),
    ("technical", "empty", re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")),
    ("birth", "generalise_date", re.compile(
        r"(?:19\d\d|200\d)-\d\d-\d\d|\d\d/\d\d/(?:19\d\d|200\d)"
    )),
)  # fmt: skip

BY_TYPE = {
    "text": ("note", "redact"),
    "html": ("note", "redact"),
    "binary": ("file", "delete_file"),
}


def propose(name, label, ttype, values=()):
    """Return what a field probably holds.

    :param name: technical name
    :param label: what users read beside it, in any language
    :param values: some of its values as text, at most a few hundred
    """
    return (
        _by_words(f"{_strip(name)} {label or ''}")
        or _by_values(values)
        or Proposal(*BY_TYPE.get(ttype, ("other", "redact")), "type")
    )


def _strip(name):
    """Remove what Odoo and its designer put before the name of a custom field."""
    return re.sub(r"^x_(studio_)?", "", name)


def _by_words(text):
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    # Underscores around each word, so that one search finds stems and whole words
    text = f"_{re.sub(r'[^a-z0-9]+', '_', text).strip('_')}_"
    for category, strategy, stems in WORDS:
        for stem in stems.split():
            wanted = f"_{stem[:-1]}_" if stem.endswith("$") else f"_{stem}"
            if wanted in text:
                return Proposal(category, strategy, "words")
    return None


def _by_values(values):
    values = [value.strip() for value in values if value and value.strip()]
    if len(values) < FEWEST:
        return None
    for category, strategy, pattern in VALUES:
        if sum(map(bool, map(pattern.fullmatch, values))) >= ENOUGH * len(values):
            return Proposal(category, strategy, "values")
    return None
