import os
import unittest
from pathlib import Path

from .test_consent_confirmation import ConfirmationCase

AXE = Path(os.environ.get("RGPD_AXE") or "/nowhere/axe.min.js")
URL = "/rgpd_fichier_client/axe.js"
# The footer is Odoo's own: its language selector is too pale
RUN = """
const script = document.createElement("script");
script.src = "%(url)s";
script.onload = async () => {
    const result = await axe.run(
        {include: ["html"], exclude: ["footer"]},
        {resultTypes: ["violations"]}
    );
    const bad = result.violations.filter((found) =>
        ["serious", "critical"].includes(found.impact)
    );
    if (window.innerWidth !== %(width)s) {
        console.error(`The page is ${window.innerWidth} px wide`);
    } else if (document.documentElement.scrollWidth > window.innerWidth) {
        console.error("The page has to be moved sideways");
    } else if (bad.length) {
        console.error(
            bad.map((found) =>
                `${found.id}: ${found.nodes.map((node) => node.html).join(" ")}`
            ).join(" | ")
        );
    } else {
        console.log("test successful");
    }
};
document.head.append(script);
"""


class AccessibilityCase(ConfirmationCase):
    """Public pages have no serious problem for those who see or click otherwise.

    EN 301 549 (WCAG 2.1 AA), as axe finds it: a person who cannot read the page can
    neither consent nor object (art. 12.1 GDPR).
    """

    __test__ = False
    width = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not AXE.exists():
            raise unittest.SkipTest("axe is not at hand: npm install, then RGPD_AXE")
        cls.env["ir.attachment"].create(
            {
                "name": "axe.js",
                "url": URL,
                "raw": AXE.read_bytes(),
                "mimetype": "application/javascript",
                "public": True,
            }
        )

    def check(self, path):
        run = RUN % {"url": URL, "width": self.width}
        ready = "document.readyState === 'complete' && !!document.querySelector('h1')"
        self.browser_js(path, run, ready=ready)

    def test_the_notices(self):
        self.check("/privacy/notice")

    def test_the_way_out_of_an_sms(self):
        link = self.env["rgpd.short.link"]
        urls = link._get_urls(self.person, self.company)
        self.check(self.path(urls[self.person.id]))

    def test_what_an_sms_told(self):
        self.env["rgpd.information"]._add(
            self.person, "Fichier Exemple", "prospect_postal"
        )
        urls = self.env["rgpd.short.link"]._get_urls(
            self.person, self.company, "notice"
        )
        self.check(self.path(urls[self.person.id]))

    def test_the_double_opt_in(self):
        self.give()
        self.check(self.link())

    def test_the_preferences_and_the_one_click(self):
        self.check(self.preferences())
        self.check(self.unsubscribe())

    def test_the_form_for_rights(self):
        self.check("/privacy/request")


class TestAccessibilityWide(AccessibilityCase):
    __test__ = True
    browser_size = "1440x900"
    width = 1440


class TestAccessibilityPhone(AccessibilityCase):
    __test__ = True
    browser_size = "390x844"
    width = 390
