import shutil
import sys
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest
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


@pytest.fixture(scope="session", autouse=True)
def own_filestore(request, worker_id):
    """Give each worker a folder of files of its own.

    pytest-odoo copies the database for each but lets them share the files: one would
    collect as garbage what another has just written in a transaction of its own.
    """
    if worker_id == "master" or not request.config.pluginmanager.hasplugin("odoo"):
        yield
        return
    import odoo

    request.getfixturevalue("load_registry")
    shared = Path(odoo.tools.config.filestore(odoo.tools.config["db_name"]))
    own = shared.with_name(f"{shared.name}-{worker_id}")
    shutil.rmtree(own, ignore_errors=True)
    shared.mkdir(parents=True, exist_ok=True)
    shutil.copytree(shared, own)
    # Odoo's own answer, which pytest-odoo replaced: a folder per database, so that a
    # test may restore a backup beside.
    filestore = type(odoo.tools.config).filestore.__get__(odoo.tools.config)
    with mock.patch.object(odoo.tools.config, "filestore", filestore):
        yield
    shutil.rmtree(own, ignore_errors=True)


# Hypothesis reads the tables of Unicode at its first draw, which takes seconds on a
# busy machine and says nothing about the code under test; no test here is a timed one.
settings.register_profile(
    "rgpd", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("rgpd")
