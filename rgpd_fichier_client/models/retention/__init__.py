from . import rgpd_purpose
from . import rgpd_subject
from . import rgpd_reason
from . import rgpd_hold
from . import rgpd_fact_collector
from . import rgpd_reason_builder
