from odoo import api, fields, models


class RgpdDayMixin(models.AbstractModel):
    """A part of the register that changes by itself when a day comes.

    A contract ends, a certificate lapses, a country is no longer adequate: nobody
    wrote anything, and yet the sheets say something else. What was true when it was
    last looked at is stored; the nightly check compares.
    """

    _name = "rgpd.day.mixin"
    _description = "Part of the register that a date changes"

    day_state = fields.Char(
        compute="_compute_day_state",
        store=True,
        copy=False,
        help="What the date decides, as it was when last looked at.",
    )

    @api.depends(lambda self: self._get_day_fields())
    def _compute_day_state(self):
        for part in self:
            part.day_state = part._get_day_state()

    @api.model
    def _notice_day(self):
        """Send the sheets that today makes wrong back to review; return the parts.

        Idempotent: what was noticed is stored, and noticed once.
        """
        # sudo: parts of every company - a sheet is wrong whoever looks
        parts = self.sudo().search(self._get_day_domain())
        parts.invalidate_recordset(self._get_day_computed())
        changed = parts.filtered(lambda part: part.day_state != part._get_day_state())
        for part in changed:
            sheets = part._get_parts().with_context(active_test=False)._get_sheets()
            sheets._reopen_for(part.display_name)
        changed._follow_day()
        # Sheets show what they lack: judge them again, validated or not
        changed._get_parts()._get_sheets()._refresh_completeness()
        return changed.sudo(self.env.su)

    def _follow_day(self):
        """Store what is true today, and what follows from it."""
        self.env.add_to_compute(self._fields["day_state"], self)
        self.flush_recordset(["day_state"])

    # === HOOKS === #

    @api.model
    def _get_day_domain(self):
        """Return the domain of the parts that a date may change."""
        return []

    @api.model
    def _get_day_fields(self):
        """Return the fields on which the state depends, besides the day."""
        return ()

    @api.model
    def _get_day_computed(self):
        """Return the computed fields that the day decides and that are not stored."""
        return []

    def _get_day_state(self):
        """Return what the day decides of the part, as a short code."""
        raise NotImplementedError
