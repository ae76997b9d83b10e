from . import phone_blacklist
from . import rgpd_contact_number
from . import rgpd_contact_sentence
from . import sms_sms
from . import rgpd_information
