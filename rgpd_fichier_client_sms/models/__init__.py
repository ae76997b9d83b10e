from . import phone_blacklist
from . import rgpd_contact_number
from . import rgpd_contact_sentence
from . import sms_sms
from . import sms_sms_frequency
from . import sms_sms_notice
from . import sms_tracker
from . import rgpd_information
