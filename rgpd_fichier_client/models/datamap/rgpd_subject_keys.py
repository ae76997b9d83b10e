from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..journal.sql_array import int_array


class RgpdSubject(models.Model):
    """Which records many persons are, without the rest of their rows."""

    _inherit = "rgpd.subject"

    def _get_keys(self):
        """Return ``{model: {id of the record: id of the subject}}``."""
        self.flush_recordset(["res_model", "res_id"])
        keys = defaultdict(dict)
        query = SQL(
            "SELECT res_model, res_id, id FROM rgpd_subject WHERE id = ANY(%s)",
            int_array(self.ids),
        )
        for model, res_id, subject_id in self.env.execute_query(query):
            keys[model][res_id] = subject_id
        return dict(keys)
