from . import rgpd_request
from . import rgpd_request_item
from . import rgpd_request_delivery
from . import rgpd_access_information
from . import rgpd_person_exporter
from . import res_partner
