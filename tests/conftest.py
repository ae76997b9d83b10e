import sys
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    """Let the tests of `core` run where there is no Odoo.

    Empty parent packages stand for it: a module of `core` that imports Odoo fails.
    """
    if config.pluginmanager.hasplugin("odoo"):
        return
    addon = "odoo.addons.rgpd_fichier_client"
    paths = {"odoo": [], "odoo.addons": [str(ROOT)], addon: [str(ROOT / addon[12:])]}
    for name, path in paths.items():
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = path


# Hypothesis reads the tables of Unicode at its first draw, which takes seconds on a
# busy machine and says nothing about the code under test; no test here is a timed one.
settings.register_profile(
    "rgpd", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("rgpd")
