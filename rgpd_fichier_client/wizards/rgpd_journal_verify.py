from odoo import fields, models


class RgpdJournalVerify(models.TransientModel):
    """Check the journal from end to end and tell the result in plain words."""

    _name = "rgpd.journal.verify"
    _description = "Verification of the journal"

    expected_head = fields.Char(
        "Reference received by e-mail",
        help="The reference of a daily e-mail. With it the verification also shows"
        " that what precedes was not rewritten, even by someone who holds the"
        " database and its keys.",
    )
    state = fields.Selection(
        [("draft", "To do"), ("sound", "Sound"), ("broken", "Broken")],
        default="draft",
        readonly=True,
    )
    fault = fields.Selection(
        [
            ("altered", "An entry is not what was sealed: it was changed afterwards."),
            ("missing", "One or more entries were removed."),
            ("surplus", "An entry was put into the chain afterwards."),
            (
                "link",
                "An entry was attached to another person, and no merge explains it.",
            ),
            ("seal", "A seal was changed, removed or added."),
            ("signature", "A seal is not signed by the key of this database."),
            (
                "head",
                (
                    "The seal of the e-mail is not in the journal: the journal was"
                    " rewritten or restored from an older backup."
                ),
            ),
        ],
        "What is wrong",
        readonly=True,
    )
    entry_count = fields.Integer("Entries verified", readonly=True)
    seal_count = fields.Integer("Seals verified", readonly=True)
    unsealed_count = fields.Integer(
        "Entries not sealed yet",
        readonly=True,
        help="Written since the last seal; they are sealed within minutes.",
    )
    expired_count = fields.Integer(
        "Entries expired",
        readonly=True,
        help="Deleted at the end of their own retention, behind a signed checkpoint.",
    )
    sealed_until = fields.Datetime(readonly=True)
    head = fields.Char(
        "Reference of the last seal",
        readonly=True,
        help="Compare it with the one in the last daily e-mail.",
    )
    broken_number = fields.Integer("First broken entry (number)", readonly=True)
    broken_id = fields.Many2one(
        "rgpd.journal",
        "First broken entry",
        readonly=True,
        ondelete="set null",
    )

    def action_verify(self):
        """Verify now; the check itself is an entry of the journal."""
        self.ensure_one()
        self.env["rgpd.journal"].check_access("read")
        report = self.env["rgpd.journal"]._verify_report()
        self.write(self._prepare_result_vals(report))
        self.env["rgpd.journal"]._record(
            "journal.verified",
            None,
            {"result": self.fault or "sound", "entries": report.entries},
            company=False,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification of the journal"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _prepare_result_vals(self, report):
        fault = report.fault
        code, number = (fault.code, fault.entry_id or 0) if fault else (False, 0)
        if not code and not self._is_head_present():
            code = "head"
        broken = self.env["rgpd.journal"].browse(number or ()).exists()
        return {
            "state": "broken" if code else "sound",
            "fault": code,
            "entry_count": report.entries,
            "seal_count": report.seals,
            "unsealed_count": self.env["rgpd.journal"]._count_unsealed(),
            "expired_count": report.expired,
            "sealed_until": report.head and report.head.moment,
            "head": report.head and report.head.hash,
            "broken_number": number,
            "broken_id": broken.id,
        }

    def _is_head_present(self):
        """Whether the seal of the e-mail, if one was given, is in the chain."""
        expected = (self.expected_head or "").strip().lower()
        return not expected or bool(
            self.env["rgpd.journal.seal"].search_count([("hash", "=", expected)])
        )
