# journal
# datamap
# register
from . import policy

# consent
from . import portal_signature

# retention
# request
from . import request
