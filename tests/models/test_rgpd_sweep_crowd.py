"""A crowd is swept for in another way than one person, and finds the same."""

from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap import prefilter
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

from ..common import RgpdCase

CROWD = [Identifier("email", f"filler{n}@crowd.example") for n in range(60)]
WANTED = [
    Identifier("email", "zoe.lienard@post.example"),
    Identifier("email", "zoe+shop@post.example"),
    Identifier("email", "o'neil@post.example"),
    Identifier("email", "zoé@post.example"),
    Identifier("email", "zoé.d@xn--exmple-cua.example"),
    Identifier("email", f"{'x' * 150}@post.example"),
    Identifier("email", "z@post.example"),
    Identifier("email", "filler7+a@crowd.example"),
    Identifier("email", "joe%2bx@post.example"),
    Identifier("email", "joe%2b@post.example"),
    Identifier("email", "kirk@post.example"),
    Identifier("phone", "+33639980012"),
    Identifier("iban", "FR7630006000011234567890189"),
    Identifier("vat", "FR40303265045"),
    Identifier("login", "zlienard"),
    Identifier("address", "12 rue des exemples|75002|paris"),
]
LOCALS = (
    "zoe.lienard", "ZOE.Lienard", "xzoe.lienard", "zoe.lienard.x", "zoe", "o'neil",
    "O&#39;Neil", "zoé", "ZOÉ", "zoe\u0301", "zoé.d", "x" * 150, "x" * 149, "z", "Z",
    "filler7", "filler70", "-z", "joe%2bx", "JOE%2B", "\u212air\u212a",
)  # fmt: skip
TAGS = (
    "",
    "+",
    "%2b",
    "+shop",
    "%2Bshop",
    "%2bSHOP",
    "+a",
    "+" + "t" * 64,
    "+" + "t" * 65,
    "+é",
)
ATS = ("@", "%40", "&#64;", " @ ", "@@")
DOMAINS = (
    "post.example", "POST.example", "xn--exmple-cua.example", "exämple.example",
    "crowd.example", "post.example.org", "post.examples",
)  # fmt: skip
AROUND = (
    " ", "", "<", ">", '"', "mailto:", "%3D", "%3C", "=", ",", "\n", "é", "1", ".", "@",
    "<b>", "</b>", "&nbsp;", "\u00a0", "😀", "+", "%2B",
)  # fmt: skip
OTHERS = (
    "06 39 98 00 12", "+33 (0)6.39.98.00.12", "0033639980012", "06 39 98 00 13",
    "fr 40 303 265 045", "zlienard", "zlienard@post.example",
    "06%2039%2E98%2d00%2012", "q=+33+(0)6+39+98+00+12",
    "%2B33%206%C2%A039%2098%2000%2012",
    "iban%3DFR76%203000%206000%200112%203456%207890%20189",
    "12, RUE des Exemples 75002",
    "zoe.<wbr>lienard@post.example", "zoe.lie\u00adnard&shy;@post.example",
    "o%27neil@post.example", "zl\u200bienard", "06–39 <b>98</b>—00&ndash;12",
    "z\\u200boe.lienard@post.example", "zo%C3%A9%40post.example",
    "fr <b class='1'>40</b> 303–265 045", "?s=12%20rue%20des%20exemples%2075002",
    "k\u2060irk@post.example", "&#8203;zoe+s<wbr/>hop@post.example",
)  # fmt: skip
EMAILS = st.tuples(*map(st.sampled_from, (LOCALS, TAGS, ATS, DOMAINS))).map("".join)
PIECES = st.one_of(EMAILS, EMAILS, st.sampled_from(AROUND), st.sampled_from(OTHERS))
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map("".join)


class TestSweepCrowd(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sweep = cls.env["rgpd.sweep"]
        cls.env.cr.execute("CREATE TABLE crowd_text (id int, line text)")
        tables = {"crowd_text": {"id": "int4", "line": "text"}}
        cls.startClassPatcher(
            patch.object(type(cls.sweep), "_get_text_columns", lambda _self: tables)
        )

    def found(self, identifiers):
        hits = self.sweep._sweep(identifiers)
        return {(hit["id"], hit["identifier"]) for hit in hits}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(TEXTS, min_size=30, max_size=30))
    def test_a_crowd_finds_what_each_finds_alone(self, texts):
        self.env.cr.execute("DELETE FROM crowd_text")
        self.env.cr.execute(
            "INSERT INTO crowd_text SELECT row_number() OVER (), line"
            " FROM unnest(%s::text[]) AS line",
            [texts],
        )
        wanted = [*WANTED, CROWD[7]]
        self.assertTrue(prefilter.get_conditions([*CROWD, *wanted]).is_crowd)
        alone = set().union(*(self.found([identifier]) for identifier in wanted))
        crowd = {
            (row, identifier)
            for row, identifier in self.found([*CROWD, *wanted])
            if identifier in wanted
        }
        self.assertEqual(crowd, alone)

    def test_each_way_of_writing_an_address_is_found_in_a_crowd(self):
        texts = [
            "zoe.lienard+x@post.example",
            "https://x.example/?m=ZOE.lienard%2Bx%40post.example",
            "zoe.lienard&#64;post.example",
            "mailto:zoe%2Bshop@post.example",
            "o'neil@post.example",
            "ZOE\u0301@post.example",
            "x" * 150 + "@post.example",
            "(z@post.example)",
            "joe%2bx@post.example",
            "joe%2b@post.example",
            "\u212air\u212a@post.example",
            "zoe.lienard+@post.example",
            "https://x.example/?tel=06%2039%2098%2000%2012",
            "https://x.example/?tel=%2B33+6+39+98+00+12",
        ]
        self.env.cr.execute(
            "INSERT INTO crowd_text SELECT row_number() OVER (), line"
            " FROM unnest(%s::text[]) AS line",
            [texts],
        )
        found = {row for row, _identifier in self.found([*CROWD, *WANTED])}
        self.assertEqual(found, set(range(1, len(texts) + 1)))
