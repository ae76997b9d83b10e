from odoo import api, fields, models
from odoo.tools import SQL

from ..journal.sql_array import int_array


class RgpdSubject(models.Model):
    """Whether the person is a child, who cannot consent alone (art. 8 GDPR)."""

    _inherit = "rgpd.subject"

    is_minor = fields.Boolean(
        string="Under 15",
        help="Below 15 a consent counts only when the holder of parental authority "
        "gives it (art. 8 GDPR, art. 45 LIL). Withdrawing stays possible for "
        "everybody. A date of birth on the record is read by itself.",
    )
    minor_until = fields.Date(
        string="Turns 15 on",
        help="From this day on the person consents alone. What the holder of parental "
        "authority agreed to stays until its end or a withdrawal; what the child "
        "agreed to alone before that day never counts. Empty: as long as the tick "
        "stays.",
    )

    _minor_index = models.Index("(id) WHERE is_minor")

    @api.onchange("is_minor")
    def _onchange_is_minor(self):
        """Keep no date about somebody who is not a child."""
        if not self.is_minor:
            self.minor_until = False

    # === CRUD METHODS === #

    def write(self, vals):
        """Keep in the journal who is told apart as a child, and since when."""
        before = {}
        if {"is_minor", "minor_until"} & vals.keys():
            before = {subject: subject._read_age() for subject in self}
        result = super().write(vals)
        # sudo: rgpd.journal - whoever may write the person leaves a trace
        journal = self.env["rgpd.journal"].sudo()
        for subject, age in before.items():
            if subject._read_age() != age:
                journal._record(
                    "subject.minor", subject, {"is_minor": subject.is_minor}
                )
        return result

    # === BUSINESS METHODS === #

    def _read_age(self):
        return (self.is_minor, self.minor_until)

    def _note_child(self):
        """Tick those a parent spoke for; a date already known decides better."""
        # sudo: rgpd.subject - the parent has no rights; it only protects the child
        self.sudo().filtered(lambda subject: not subject.is_minor).is_minor = True

    def _merge_children(self, sources):
        """Keep what protects a child when records of one person are merged."""
        self.ensure_one()
        children = (self | sources).filtered("is_minor")
        if not children:
            return
        ends = children.mapped("minor_until")
        self.write({"is_minor": True, "minor_until": max(ends) if all(ends) else False})

    def _forget_children(self):
        """Forget the age of persons who are erased; nothing names them any more."""
        self.flush_recordset(["is_minor", "minor_until"])
        # In SQL: a journal entry would name them again
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_subject SET is_minor = FALSE, minor_until = NULL"
                " WHERE is_minor AND id = ANY(%s)",
                int_array(self.ids),
            )
        )
        self.invalidate_recordset(["is_minor", "minor_until"])
