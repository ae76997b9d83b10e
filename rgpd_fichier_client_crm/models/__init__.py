from . import crm_lead
from . import crm_lead_merge
from . import crm_lead_retention
from . import rgpd_call
from . import rgpd_person_finder
from . import rgpd_person_lookup
from . import rgpd_subject
from . import utm_source
