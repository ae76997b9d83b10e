# journal
# datamap
# register
# consent
# retention
# request
from . import rgpd_access_wizard
from . import rgpd_access_wizard_line
from . import rgpd_access_wizard_match
