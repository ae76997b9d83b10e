"""One wheel with every add-on of the repository, as `odoo.addons.<add-on>`.

Everything is read from the manifests. Where the wheel is installed beside Odoo, Odoo
finds the add-ons by itself: no addons path is needed.
"""

import ast
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent
MAIN = "rgpd_fichier_client"


def read_manifests():
    """Return `{add-on: manifest}`."""
    return {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.glob("*/__manifest__.py"))
    }


def find_packages(addon):
    """Return the dotted names of the folders that are Python packages."""
    folders = sorted(path.parent for path in (ROOT / addon).rglob("__init__.py"))
    return [".".join(("odoo.addons", *f.relative_to(ROOT).parts)) for f in folders]


def find_data(addon):
    """Return the paths of all other files, in the add-on."""
    return sorted(
        str(path.relative_to(ROOT / addon))
        for path in (ROOT / addon).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not is_module(path)
    )


def is_module(path):
    return path.suffix == ".py" and (path.parent / "__init__.py").exists()


manifests = read_manifests()
main = manifests[MAIN]
setup(
    name="odoo-addons-rgpd-fichier-client",
    version=main["version"],
    description=main["summary"],
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=main["author"],
    license=main["license"],
    license_files=["LICENSE", "COPYING"],
    classifiers=[
        "Framework :: Odoo",
        "Framework :: Odoo :: 19.0",
        "Programming Language :: Python :: 3",
    ],
    python_requires=">=3.10",
    install_requires=sorted(
        {
            requirement
            for manifest in manifests.values()
            for requirement in manifest.get("external_dependencies", {}).get(
                "python", []
            )
        }
    ),
    packages=[name for addon in manifests for name in find_packages(addon)],
    package_dir={f"odoo.addons.{addon}": addon for addon in manifests},
    package_data={f"odoo.addons.{addon}": find_data(addon) for addon in manifests},
    include_package_data=False,
    zip_safe=False,
)
