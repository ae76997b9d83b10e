"""Odoo's own checks (`test_lint`), for the files and models of these add-ons only.

Those on style (pylint, eslint) are part of `./dev lint`.
"""

from contextlib import nullcontext
from unittest.mock import patch

from odoo.modules import Manifest
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import get_db_name

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_dunderinit,
    test_i18n,
    test_index,
    test_jstranslate,
    test_manifests,
    test_naming,
    test_onchange_domains,
    test_orm_import,
    test_override_signatures,
    test_pofile,
    test_routes,
)

PREFIX = "rgpd_fichier_client"


def get_manifests():
    found = Manifest.all_addon_manifests()
    return [manifest for manifest in found if manifest.name.startswith(PREFIX)]


def get_models(_database):
    """Return the models that have a class in these add-ons."""
    return {
        name: model
        for name, model in Registry(get_db_name()).items()
        if any(
            (getattr(c, "_module", "") or "").startswith(PREFIX) for c in model.mro()
        )
    }


class OurFiles:
    """Make the checks of Odoo that read all manifests read ours."""

    def setUp(self):
        super().setUp()
        manifests = get_manifests()
        self.assertTrue(manifests)
        patcher = patch.object(
            Manifest, "all_addon_manifests", staticmethod(lambda: manifests)
        )
        self.startPatcher(patcher)


class OurModels:
    """Make the checks of Odoo that read the registry read our models."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(self.checks, "Registry", get_models))


STANDARD = tagged("post_install", "-at_install", "standard")


@STANDARD
class TestDunderinit(OurFiles, test_dunderinit.TestDunderinit):
    pass


@STANDARD
class TestOrmImport(OurFiles, test_orm_import.TestDunderinit):
    pass


@STANDARD
class TestManifests(OurFiles, test_manifests.ManifestLinter):
    pass


@STANDARD
class TestWebTranslations(OurFiles, test_jstranslate.TestJsTranslations):
    pass


@STANDARD
class TestWebProps(OurFiles, test_i18n.TestI18n):
    pass


@STANDARD
class TestOnchangeDomains(OurFiles, test_onchange_domains.TestOnchangeDomains):
    pass


class Quiet:
    """No subtest: there is one per method, each would be a sign on the screen."""

    def subTest(self, *args, **kwargs):
        return nullcontext()


@STANDARD
class TestNaming(Quiet, OurModels, test_naming.TestNaming):
    checks = test_naming


@STANDARD
class TestOverrides(
    Quiet, OurModels, test_override_signatures.TestLintOverrideSignatures
):
    checks = test_override_signatures


@STANDARD
class TestDocstrings(OurModels, test_docstring.TestDocstring):
    checks = test_docstring


@STANDARD
class TestIndexes(test_index.TestIndex):
    pass


@STANDARD
class TestRoutes(test_routes.RoutesLinter):
    pass


@STANDARD
class TestTemplates(test_pofile.PotLinter):
    def setUp(self):
        super().setUp()
        names = [manifest.name for manifest in get_manifests()]
        self.startPatcher(patch.object(test_pofile, "get_modules", lambda: names))
