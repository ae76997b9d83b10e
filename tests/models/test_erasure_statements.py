"""Work over many persons is set-based: more persons, hardly more statements."""

from .vault_common import VaultCase

FEW, MANY = 3, 24


class TestErasureStatements(VaultCase):
    def new_group(self, count, start):
        people = self.env["res.partner"].browse()
        for number in range(start, start + count):
            people |= self.new_person(f"Paul Essai{number:02d}", number)
        self.age(people, years=5)
        return people

    def count(self, call, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = call(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def assertSetBased(self, few, many):
        extra = (many - few) / (MANY - FEW)
        self.assertLess(extra, 0.5, f"{few} statements for {FEW}, {many} for {MANY}")

    def test_an_erasure(self):
        eraser = self.env["rgpd.eraser"]
        eraser._erase(self.prospect, "request")  # what is read once is read
        few, done = self.count(eraser._erase, self.new_group(FEW, 10), "request")
        self.assertEqual(done.mapped("state"), ["masked"] * FEW)
        many, done = self.count(eraser._erase, self.new_group(MANY, 30), "request")
        self.assertEqual(done.mapped("state"), ["masked"] * MANY)
        self.assertSetBased(few, many)

    def test_the_archive_and_its_end(self):
        subjects = self.env["rgpd.subject"]
        vaults = self.env["rgpd.vault"]
        archived, ended = [], []
        vaults._archive(self.subject)
        for count, start in ((FEW, 10), (MANY, 30)):
            people = self.new_group(count, start)
            self.env["rgpd.reason"]._refresh(people)
            statements, made = self.count(vaults._archive, subjects._of(people))
            self.assertEqual(len(made), count)
            archived.append(statements)
            # No reason is left that covers anything: every part ends
            statements, parts = self.count(made.sudo()._end_categories)
            self.assertGreaterEqual(parts, count)
            self.assertFalse(made.sudo().part_ids)
            ended.append(statements)
        self.assertSetBased(*archived)
        self.assertSetBased(*ended)

    def test_whoever_is_named_elsewhere_is_found_by_the_sweep(self):
        other = self.new_group(1, 60)
        self.prospect.message_post(body=f"Voir aussi {other.email}")
        message = self.prospect.message_ids[0]
        erasures = self.env["rgpd.eraser"]._erase(self.prospect | other, "request")
        self.assertEqual(len(erasures), 2)
        self.assertIn("essai60", message.body)
        self.env["ir.attachment"]._gc_file_store_unsafe()
        erasures._sweep_and_close()
        self.assertEqual(erasures.mapped("error"), [False] * 2)
        self.assertEqual(erasures.mapped("state"), ["closed"] * 2)
        self.assertNotIn("essai60", message.body)

    def test_texts_are_written_as_their_columns_take_them(self):
        """The mark may be longer than a short column; a JSON value may be a text."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_code",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                "size": 6,
            }
        )
        self.prospect.x_code = "zoe"
        self.env.flush_all()
        rows = self.env["rgpd.eraser.rows"]
        changed = rows._redact(
            "res.partner",
            self.prospect.ids,
            ["x_code"],
            lambda _id: lambda text: text.replace("zoe", "[effacé]"),
        )
        self.assertEqual(changed, set(self.prospect.ids))
        self.assertEqual(self.prospect.x_code, "[effac")
        json_field = self.env["res.country"]._fields["name"]
        self.assertEqual(rows._to_text(json_field, "[effacé]"), '"[effacé]"')
