from . import rgpd_subject
