# journal
from . import rgpd_journal_verify

# datamap
# register
# consent
from . import mail_compose_message
from . import rgpd_call_list
from . import rgpd_consent_wizard

# retention
from . import rgpd_erasure_wizard

# request
from . import rgpd_access_wizard
from . import rgpd_access_wizard_line
from . import rgpd_access_wizard_match
