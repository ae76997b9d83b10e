from odoo import fields, models
from odoo.tools import format_date

from ..register.rgpd_selection import LEGAL_BASES
from .selections import PHASES


class RgpdSubject(models.Model):
    """A person, with where their data stand (side table: no column on the person).

    ``phase`` is empty for those the retention of a customer file does not concern:
    companies, internal users.
    """

    _inherit = "rgpd.subject"

    phase = fields.Selection(
        PHASES,
        string="Retention phase",
        readonly=True,
        index="btree_not_null",
        help="In use: daily work. Intermediate archive: only the law or a possible "
        "dispute still needs the data. No reason left: to erase (art. 5.1.e GDPR).",
    )
    date_next = fields.Date(
        string="Next change",
        readonly=True,
        index="btree_not_null",
        help="Last day of the present phase, as known today. New contacts postpone "
        "it: it is computed again when it has passed.",
    )
    date_retention = fields.Date(
        string="Kept until",
        readonly=True,
        help="Last day of the last reason to keep anything; empty when a hold has no "
        "end.",
    )
    date_last_contact = fields.Date(
        string="Last contact",
        readonly=True,
        help="Last contact that came from the person. Mail you send, or that they "
        "merely open, does not count.",
    )
    legal_basis = fields.Selection(
        LEGAL_BASES,
        string="Main legal basis",
        readonly=True,
        help="Basis of the reason that carries the present phase (art. 6 GDPR).",
    )
    last_purpose_id = fields.Many2one(
        "rgpd.purpose",
        string="Last reason to end",
        readonly=True,
        ondelete="set null",
        help="Purpose of the reason that ends last.",
    )
    retention_company_id = fields.Many2one(
        "res.company",
        string="Collected by",
        readonly=True,
        ondelete="set null",
        help="Company of the person, else of the user who entered them: facts that "
        "name no company are counted there.",
    )
    retention_error = fields.Char(
        string="Last failure",
        readonly=True,
        help="Why the last night could not erase this person; tried again later.",
    )
    retention_retry = fields.Date(readonly=True)
    erased_on = fields.Datetime(
        readonly=True,
        index="btree_not_null",
        help="When the person was erased. The row stays: the evidence names its"
        " number.",
    )
    is_archived = fields.Boolean(
        string="In the archive",
        readonly=True,
        help="Their data sleep in the intermediate archive: noted here, so that the "
        "night finds at once who is to go there and who came back.",
    )
    reason_ids = fields.One2many("rgpd.reason", "subject_id", string="Reasons")

    # What the night asks for: most nights each of them holds nobody, or only those who
    # wait for another day. In the order they are taken in: those who wait come last,
    # and are not walked over by each batch
    _due_idx = models.Index(
        "(COALESCE(retention_retry, '-infinity'::date), id)"
        " WHERE phase = 'expired' AND active"
    )
    _to_archive_idx = models.Index(
        "(COALESCE(retention_retry, '-infinity'::date), id)"
        " WHERE phase = 'archive' AND active"
        " AND is_archived IS NOT TRUE"
    )
    _returned_idx = models.Index("(id) WHERE is_archived AND phase = 'active'")

    def action_refresh_retention(self):
        """Compute the reasons of these persons again, now."""
        self.env["rgpd.reason"].check_access("read")
        # sudo: rgpd.reason - computed from the facts, no one chooses the result
        self.env["rgpd.reason"].sudo()._refresh_subjects(self.sudo())

    # === BUSINESS METHODS === #

    def _get_explanation_text(self):
        """Say in plain words, one line per reason, why the data are still here.

        :rtype: str
        """
        self.ensure_one()
        if self.erased_on and not self.phase:
            day = fields.Date.context_today(self, self.erased_on)
            return self.env._("Erased on %(date)s.", date=format_date(self.env, day))
        # sudo: rgpd.reason - the line is shown to who may read the person
        reasons = self.sudo().reason_ids.sorted(
            lambda reason: reason._get_sort_key(), reverse=True
        )
        if not reasons and self.phase:
            return self.env._("No reason to keep these data is known.")
        # Each company answers for its own reasons only
        own = reasons.filtered(lambda reason: reason.company_id in self.env.companies)
        lines = [reason._get_explanation_line() for reason in own]
        if any(reason.phase != "expired" for reason in reasons - own):
            lines.append(self.env._("Another company has a reason of its own."))
        return "\n".join(lines)
