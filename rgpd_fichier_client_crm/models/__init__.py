from . import crm_lead
from . import rgpd_call
from . import rgpd_subject
