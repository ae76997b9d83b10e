from . import res_company
from . import res_config_settings
from . import rgpd_access_log
from . import base
from . import rgpd_person_exporter
from . import base_partner_merge
