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
from . import rgpd_request_answer
from . import rgpd_request_act
from . import rgpd_request_change
from . import rgpd_request_ground
from . import rgpd_request_letter
from . import rgpd_request_letter_sending
from . import rgpd_request_letter_link
from . import rgpd_request_notice
from . import rgpd_letter_text
from . import rgpd_letter_text_answer
from . import rgpd_letter_text_first
from . import rgpd_restriction
from . import rgpd_directive
from . import rgpd_contact_gate
from . import res_partner_restriction
from . import ir_attachment
from . import rgpd_erasure

# intake
from . import res_company
from . import res_config_settings
from . import rgpd_request_candidate
from . import rgpd_request_proof
from . import rgpd_request_intake
from . import rgpd_request_portal
from . import rgpd_request_demand
from . import rgpd_request_throttle
from . import rgpd_request_overview
