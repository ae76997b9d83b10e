"""Lists that go into a statement as one constant come out of it as they were."""

from markupsafe import Markup

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.models.datamap.addresses import Addresses
from odoo.addons.rgpd_fichier_client.models.journal.sql_array import (
    Ids,
    int_array,
    text_array,
)

from ..common import RgpdCase

TEXTS = [
    "a",
    "",
    "NULL",
    None,
    'l"à',
    "{a,b}",
    "back\\slash\\\\",
    "'",
    "100 %",
    "%s\n\t",
]


class TestSqlArray(RgpdCase):
    def read(self, array):
        return self.env.execute_query(SQL("SELECT %s", array))[0][0]

    def test_numbers(self):
        self.assertEqual(self.read(int_array([3, 1, 2])), [3, 1, 2])
        self.assertEqual(self.read(int_array(n for n in (5,))), [5])
        self.assertEqual(self.read(int_array([])), [])

    def test_a_list_is_written_once(self):
        ids = Ids([3, 1, 2])
        self.assertIs(int_array(ids), int_array(ids))
        self.assertEqual(self.read(int_array(ids)), ids)

    def test_texts(self):
        self.assertEqual(self.read(text_array(TEXTS)), TEXTS)
        self.assertEqual(self.read(text_array([])), [])

    def test_markup(self):
        texts = [Markup('<b class="x">a\\b</b>')]
        self.assertEqual(self.read(text_array(texts)), list(map(str, texts)))

    def test_addresses(self):
        known = Addresses(["zoe@xn--caf-dma.example", 'o"neil@post.example'])
        self.assertIs(Addresses.of(known), known)
        self.assertEqual(self.read(known.sql), known)
        written = self.read(known.written)
        self.assertIn("zoe@café.example", written)
        self.assertEqual(
            set(self.read(known.among)),
            {form for w in written for form in (w, f"'{w}'", f"{w}.")},
        )
        self.assertEqual(self.read(Addresses(["+33639980012"]).digits), ["639980012"])
