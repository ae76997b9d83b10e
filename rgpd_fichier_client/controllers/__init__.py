# journal
# datamap
# register
# consent
from . import portal_signature

# retention
# request
from . import request
from . import request_letter
