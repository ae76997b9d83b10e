from . import mailing_contact
from . import rgpd_subject
