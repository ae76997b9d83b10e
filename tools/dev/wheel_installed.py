"""Say where the installed add-ons come from; read by `odoo shell`, which defines `env`.

Nothing else than the wheel may provide them.
"""

import sys
from pathlib import Path

from odoo.modules import Manifest

modules = env["ir.module.module"].search([("name", "=like", "rgpd_fichier_client%")])
for module in modules:
    path = Path(Manifest.for_addon(module.name).path)
    assert path.is_relative_to(sys.prefix), path
    assert (path / "static/description/icon.png").is_file(), module.name
    if module.name.endswith("_website"):
        # It comes with Odoo's website, which this database does not have
        assert module.state == "uninstalled", module.state
        continue
    code = sys.modules[f"odoo.addons.{module.name}"].__file__
    assert Path(code).is_relative_to(path), code
    assert module.state == "installed", module.state
print(f"{len(modules)} add-ons come from {path.parent}")
