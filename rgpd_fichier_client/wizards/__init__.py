# journal
from . import rgpd_journal_verify
# datamap
# register
# consent
from . import rgpd_consent_wizard
# retention
# request
from . import rgpd_access_wizard
from . import rgpd_access_wizard_line
from . import rgpd_access_wizard_match
