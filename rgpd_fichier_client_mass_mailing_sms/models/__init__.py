from . import mailing_contact
from . import mailing_mailing
from . import mailing_trace
from . import rgpd_purpose
from . import sms_sms
from . import sms_tracker
