from . import crm_lead
from . import rgpd_subject
