from odoo import models
from odoo.tools import SQL, split_every

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
        settled = []
        for chunk in split_every(ROWS_PER_UPDATE, ids, list):
            settled += self._rename(values, chunk)
        return {"complete_name": settled}

    def _rename(self, values, ids):
        """Write the values of these contacts, and the name twice where it is a copy.

        It is where it was and nothing else goes into it: neither a company nor its
        name. The others are left to Odoo.

        :return: ids of the contacts whose complete name is right
        """
        others = dict(values)
        name = others.pop("name")
        complete_name = others.pop("complete_name", SQL("complete_name"))
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner
                   SET name = drawn.pseudonym,
                       complete_name = CASE
                           WHEN complete_name = name AND parent_id IS NULL
                                AND COALESCE(company_name, '') = ''
                           THEN drawn.pseudonym ELSE %(complete_name)s END,
                       write_uid = %(uid)s, write_date = %(moment)s, %(others)s
                  FROM (SELECT row_id, %(pseudonym)s AS pseudonym
                          FROM unnest(%(ids)s::int[]) AS row_id) AS drawn
                 WHERE id = drawn.row_id
             RETURNING id, complete_name = name
                """,
                uid=self.env.uid,
                moment=self.env.cr.now(),
                others=self._prepare_assignments(others),
                complete_name=complete_name,
                pseudonym=name,
                ids=ids,
            )
        )
        return [row_id for row_id, is_copy in rows if is_copy]
