from . import rgpd_demo
