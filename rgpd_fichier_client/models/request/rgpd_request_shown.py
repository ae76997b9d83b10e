from odoo import fields, models

from ...core.request import representation


class RgpdRequestShown(models.Model):
    """The notice that the public form showed to who filled it in (Art. 13 GDPR).

    It is kept with the request, and counts as shown to the person as soon as the
    person is known: at once, or when the officer says who it is. Whoever acts for
    somebody else read it for themselves, which tells the person nothing.
    """

    _inherit = "rgpd.request"

    notice_version_id = fields.Many2one(
        "rgpd.notice.version",
        string="Notice shown",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Text that the form showed beside the fields.",
    )
    notice_shown_on = fields.Datetime(readonly=True, copy=False)

    # === CRUD METHODS === #

    def write(self, vals):
        """Record what was shown to a person who is known from now on."""
        result = super().write(vals)
        if vals.keys() & {"partner_id", "subject_id"}:
            for request in self.filtered("notice_version_id"):
                request._note_shown(request.notice_version_id, request.notice_shown_on)
        return result

    # === BUSINESS METHODS === #

    def _note_shown(self, versions, moment):
        """Keep which text the form showed; the first one of a request counts.

        :param versions: `rgpd.notice.version`, maybe none
        :param moment: when the form was sent
        """
        self.ensure_one()
        version = self.notice_version_id or versions[:1]
        if not version:
            return
        if not self.notice_version_id:
            self.write({"notice_version_id": version.id, "notice_shown_on": moment})
        person = self._get_person()
        if not person or self.requester_kind != representation.PERSON:
            return
        self.env["rgpd.notice.shown"]._note(
            person, version, "web_form", origin=self, moment=self.notice_shown_on
        )
