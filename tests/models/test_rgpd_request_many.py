"""Ten thousand open requests: the list asks the database as often as for a few."""

from odoo.fields import Command
from odoo.tools import SQL

from ..common import RgpdCase

MANY = 10_000
PAGE = 80


class TestMany(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="many_officer")
        person = cls.env["res.partner"].create({"name": "Nora Deux"})
        cls.first = cls.env["rgpd.request"].create(
            {
                "partner_id": person.id,
                "officer_id": cls.officer.id,
                "item_ids": [
                    Command.create({"right": "access"}),
                    Command.create({"right": "erasure"}),
                ],
            }
        )
        cls.first.action_start()
        cls.env.flush_all()

    def repeat(self, count):
        """Copy the request with its rights, in SQL."""
        start = self.env.execute_query(SQL("SELECT max(id) FROM rgpd_request"))[0][0]
        self.copy_rows(
            "rgpd_request",
            {
                "id": SQL("%s + n", start),
                "name": SQL("'MANY/' || n"),
                "date_due": SQL("date_due + n %% 30"),
            },
            SQL("generate_series(1, %s) AS n", count),
            SQL("id = %s", self.first.id),
        )
        self.copy_rows(
            "rgpd_request_item",
            {
                "id": SQL("nextval('rgpd_request_item_id_seq')"),
                "request_id": SQL("%s + n", start),
            },
            SQL("generate_series(1, %s) AS n", count),
            SQL("request_id = %s", self.first.id),
        )
        self.env.cr.execute("ANALYZE rgpd_request, rgpd_request_item")
        self.env.invalidate_all()

    def copy_rows(self, table, changed, numbers, where):
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = %s AND table_schema = 'public'",
                table,
            )
        )
        names = [name for (name,) in rows]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s CROSS JOIN %s WHERE %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(
                    changed.get(name, SQL.identifier(table, name)) for name in names
                ),
                SQL.identifier(table),
                numbers,
                where,
            )
        )

    def open(self, view_id, view_type):
        """Read a page as the browser does; return what came and how many queries."""
        requests = self.env["rgpd.request"].with_user(self.officer)
        view = requests.get_view(self.env.ref(view_id).id, view_type)
        names = view["models"]["rgpd.request"]
        spec = {
            name: {"fields": {"display_name": {}}}
            if requests._fields[name].type in ("many2one", "one2many", "many2many")
            else {}
            for name in names
        }
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        domain = [("is_done", "=", False)]
        found = requests.web_search_read(domain, spec, limit=PAGE)
        return found, self.env.cr.sql_log_count - before

    def test_the_list_costs_the_same_for_ten_thousand(self):
        self.repeat(PAGE)
        self.open("rgpd_fichier_client.rgpd_request_view_list", "list")
        few, queries = self.open("rgpd_fichier_client.rgpd_request_view_list", "list")
        self.assertEqual(len(few["records"]), PAGE)
        self.repeat(MANY)
        many, again = self.open("rgpd_fichier_client.rgpd_request_view_list", "list")
        self.assertGreater(many["length"], MANY)
        self.assertEqual(len(many["records"]), PAGE)
        self.assertLessEqual(again, queries)
        self.assertLess(queries, 40)

    def test_the_board_costs_the_same_for_ten_thousand(self):
        requests = self.env["rgpd.request"].with_user(self.officer)

        def look():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            groups = requests.formatted_read_group(
                [("is_done", "=", False)], ["urgency"], ["__count"]
            )
            self.open("rgpd_fichier_client.rgpd_request_view_kanban", "kanban")
            return groups, self.env.cr.sql_log_count - before

        self.repeat(PAGE)
        look()
        _groups, queries = look()
        self.repeat(MANY)
        groups, again = look()
        self.assertGreater(sum(group["__count"] for group in groups), MANY)
        self.assertLessEqual(again, queries)
        self.assertLess(queries, 50)
