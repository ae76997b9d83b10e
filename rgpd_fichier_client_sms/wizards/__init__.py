from . import rgpd_information_tell
from . import sms_composer
