# journal
# datamap
# register
# consent
# retention
# request
from . import request
