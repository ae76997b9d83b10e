from odoo import api, fields, models

PLACES = [
    ("quotation", "Quotation sent"),
    ("portal", "Customer portal"),
    ("web_form", "Web form"),
    ("paper", "Paper form"),
    ("first_mail", "First message"),
    ("letter", "Letter"),
    ("spoken", "Said aloud"),
    ("sms", "SMS with the link"),
]


class RgpdNoticeShown(models.Model):
    """Which notice was shown to whom, where and when (Art. 5.2, 13 and 14 GDPR).

    The text is a version that never changes. The person is named by their random
    number; what is recorded here holds no personal data in clear.
    """

    _name = "rgpd.notice.shown"
    _description = "Notice Shown"
    _log_access = False
    _order = "moment desc, id desc"
    _rec_name = "version_id"

    subject_id = fields.Many2one(
        "rgpd.subject", string="Person", ondelete="set null", index="btree_not_null"
    )
    subject_uid = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    version_id = fields.Many2one(
        "rgpd.notice.version",
        string="Notice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    text = fields.Text(related="version_id.text", string="Text shown")
    kind = fields.Selection(related="version_id.notice_id.kind", string="Level")
    moment = fields.Datetime(required=True, readonly=True, index=True)
    place = fields.Selection(PLACES, string="Where", required=True, readonly=True)
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Shown with", model_field="origin_model", readonly=True
    )

    message_ref = fields.Char(
        string="Number of the message",
        readonly=True,
        index="btree_not_null",
        help="Of the message that carried the text: a report that it was not delivered "
        "names it.",
    )
    returned_on = fields.Datetime(
        string="Came back on",
        readonly=True,
        help="The message was not delivered: the person was not told by it.",
    )

    _once = models.UniqueIndex(
        "(subject_uid, version_id, place) WHERE returned_on IS NULL",
        "The first showing of a text at a place counts.",
    )

    @api.model
    def _note(self, record, version, place, origin=None, moment=None, message_ref=None):
        """Record that a text was shown to a person; the first time counts.

        :param record: one record of any anchor model, or one ``rgpd.subject``
        :param version: ``rgpd.notice.version``
        :param place: see ``PLACES``
        :param origin: record it was shown with (a quotation)
        :param moment: when it was shown, now by default
        :param message_ref: number of the message that carried it; one that came back
            before does not count as the first time
        :rtype: rgpd.notice.shown
        """
        # sudo: rgpd.subject, rgpd.notice.shown - whoever shows a notice
        subject = self.env["rgpd.subject"].sudo()._of(record)
        # sudo: rgpd.notice.version - visitors may not read the versions
        version = version.sudo()
        rows = self.sudo()
        known = rows.search(
            [
                ("subject_uid", "=", subject.uid),
                ("version_id", "=", version.id),
                ("place", "=", place),
                ("returned_on", "=", False),
            ]
        )
        return known or rows.create(
            {
                "subject_id": subject.id,
                "subject_uid": subject.uid,
                "company_id": version.company_id.id,
                "version_id": version.id,
                "moment": moment or fields.Datetime.now(),
                "place": place,
                "origin_model": origin._name if origin else False,
                "origin_id": origin.id if origin else False,
                "message_ref": message_ref,
            }
        )
