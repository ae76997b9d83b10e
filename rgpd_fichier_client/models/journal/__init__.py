from . import rgpd_evidence
from . import rgpd_key
from . import rgpd_key_fingerprint
from . import rgpd_journal_seal
from . import rgpd_journal
