# journal
# datamap
# register
from . import policy

# consent
from . import portal_signature
from . import portal_payment
from . import portal_address
from . import preference
from . import short_link
from . import confirmation
from . import notice

# retention
from . import portal_archive

# request
from . import request
from . import request_letter
from . import request_portal
from . import request_form
from . import request_identity
from . import request_copy
