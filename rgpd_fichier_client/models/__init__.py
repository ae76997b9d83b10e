# The order of the topics is the order of the house: a topic may use those above
# it and never one below.
from . import journal
from . import datamap
from . import register
from . import consent
from . import retention
from . import request
from . import security
