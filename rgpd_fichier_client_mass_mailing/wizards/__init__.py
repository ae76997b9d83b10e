from . import mail_compose_message
from . import rgpd_consent_import
