from . import rgpd_request
from . import rgpd_request_item
from . import rgpd_request_delivery
from . import rgpd_access_information
from . import rgpd_person_exporter
from . import res_partner

# intake
from . import res_company_intake
from . import res_config_settings_intake
from . import rgpd_request_candidate
from . import rgpd_request_proof
from . import rgpd_request_intake
from . import rgpd_request_portal
from . import rgpd_request_demand
from . import rgpd_request_throttle
from . import rgpd_request_overview
from . import ir_attachment_intake
from . import mail_thread
from . import rgpd_request_mail
from . import rgpd_request_check
from . import rgpd_request_paper
from . import rgpd_request_identity
