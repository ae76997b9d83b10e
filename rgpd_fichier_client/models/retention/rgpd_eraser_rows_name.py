from collections import defaultdict

from odoo import models
from odoo.tools import SQL, split_every

from ..journal.sql_array import int_array
from .rgpd_eraser_rows import ROWS_PER_UPDATE


class RgpdEraserRows(models.AbstractModel):
    """The name of a contact and its copy, the complete name, in one statement.

    Odoo stores the complete name again from the name: a second write of each row, which
    the indexes on names make as long as the first.
    """

    _inherit = "rgpd.eraser.rows"

    def _overwrite(self, plan, values, ids):
        if plan.model != "res.partner" or "name" not in plan.columns.get(
            "pseudonym", ()
        ):
            return super()._overwrite(plan, values, ids)
        settled = defaultdict(list)
        for chunk in split_every(ROWS_PER_UPDATE, ids, list):
            for name, some in self._rename(values, chunk).items():
                settled[name] += some
        emptied = set(plan.columns.get("null", ()))
        if not {"company_name", "commercial_company_name"} <= emptied:
            settled.pop("commercial_company_name", None)
        # Made of what is empty now, and empty themselves
        phones = self.env["res.partner"]._phone_get_number_fields()
        for name, sources in (
            ("email_normalized", ["email"]),
            ("phone_sanitized", phones),
        ):
            if emptied.issuperset([name, *sources]):
                settled[name] = list(ids)
        return settled

    def _rename(self, values, ids):
        """Write the values of these contacts, and the name twice where it is a copy.

        It is where it was and nothing else goes into it: neither a company nor its
        name. The others are left to Odoo.

        :return: ``{field: ids}`` of the contacts whose complete name is right, and of
            those that belong to no company whose name they would have
        """
        complete_name = SQL(
            """CASE WHEN complete_name = name AND parent_id IS NULL
                         AND COALESCE(company_name, '') = ''
                    THEN drawn.pseudonym ELSE %s END""",
            values.get("complete_name", SQL("complete_name")),
        )
        # Together, as nothing but the name may have to go
        written = values | {
            "name": SQL("drawn.pseudonym"),
            "complete_name": complete_name,
            "write_uid": SQL("%s", self.env.uid),
            "write_date": SQL("%s", self.env.cr.now()),
        }
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner SET %(written)s
                  FROM (SELECT row_id, %(pseudonym)s AS pseudonym
                          FROM unnest(%(ids)s) AS row_id) AS drawn
                 WHERE id = drawn.row_id
             RETURNING id, complete_name = name,
                       parent_id IS NULL AND is_company IS NOT TRUE
                """,
                written=self._prepare_assignments(written),
                pseudonym=values["name"],
                ids=int_array(ids),
            )
        )
        return {
            "complete_name": [row_id for row_id, is_copy, _alone in rows if is_copy],
            "commercial_company_name": [
                row_id for row_id, _copy, alone in rows if alone
            ],
        }
