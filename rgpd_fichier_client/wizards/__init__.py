# journal
from . import rgpd_journal_verify

# datamap
# register
from . import rgpd_balancing_wizard
from . import rgpd_processor_checklist
from . import rgpd_processor_checklist_line
from . import rgpd_register_print
from . import rgpd_register_setup
from . import rgpd_register_setup_line
from . import rgpd_register_export
from . import rgpd_register_import
from . import rgpd_register_import_issue
from . import rgpd_register_import_line
from . import rgpd_register_import_place
from . import rgpd_register_import_purpose
from . import rgpd_register_import_value

# consent
from . import mail_compose_message
from . import mail_compose_restriction
from . import rgpd_consent_import
from . import rgpd_consent_import_source
from . import rgpd_consent_import_match
from . import rgpd_consent_import_line
from . import rgpd_call_list
from . import rgpd_consent_wizard
from . import rgpd_order_choice
from . import rgpd_order_choice_line
from . import rgpd_journal_verify_consent
from . import rgpd_information_wizard
from . import rgpd_information_tell

# retention
from . import rgpd_erasure_wizard
from . import rgpd_erasure_batch
from . import rgpd_erasure_batch_line
from . import rgpd_vault_open_wizard

# request
from . import rgpd_access_wizard
from . import rgpd_access_wizard_line
from . import rgpd_access_wizard_match
from . import rgpd_request_copy_decide
from . import rgpd_withhold_wizard
from . import rgpd_withhold_wizard_kind
from . import rgpd_withhold_wizard_line
from . import rgpd_request_intake
from . import rgpd_request_intake_right
from . import rgpd_erasure_wizard_request
from . import rgpd_letter_wizard
from . import rgpd_request_check_wizard
from . import rgpd_request_filing
