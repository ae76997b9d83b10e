from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.request import states


class RgpdRequest(models.Model):
    """A person exercises one or several rights (Art. 15 to 22 GDPR, LIL Art. 85).

    The clock starts on the day the request reaches the company, by any way. What
    happens is decided in `core/request`; this model keeps it, shows it and
    journals each step without personal data.
    """

    _name = "rgpd.request"
    _description = "Request of a Person"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_done, date_due, id"
    _rec_name = "name"
    _check_company_auto = True

    # Identification
    name = fields.Char(
        string="Reference",
        default="/",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Controller the request is addressed to.",
    )
    officer_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        help="Who answers the person.",
    )
    # Who asks, about whom
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        index="btree_not_null",
        ondelete="set null",
        help="Contact the request is about, once it is known.",
    )
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Record of the person",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="Where the person is known when they are no contact: a lead, a contact "
        "of a mailing list.",
    )
    requester_kind = fields.Selection(
        [
            ("person", "The person"),
            ("agent", "An agent with a mandate"),
            ("parent", "A parent"),
            ("guardian", "A guardian"),
            ("heir", "An heir"),
        ],
        string="Asked by",
        required=True,
        default="person",
        help="Somebody who acts for the person shows a mandate or a title. "
        "Heirs act under LIL art. 85.",
    )
    requester_name = fields.Char(string="Name of who asks")
    requester_email = fields.Char(string="E-mail to answer to")
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("portal", "Customer portal"),
            ("form", "Public form"),
            ("post", "Post"),
            ("phone", "Phone"),
            ("person", "In person"),
            ("other", "Other"),
        ],
        required=True,
        default="email",
        tracking=True,
        help="A request is valid however it comes, also by phone or to a sales "
        "representative (Art. 12 GDPR).",
    )
    text = fields.Text(
        string="What was asked",
        help="Words of the person, or a summary of the call.",
    )
    item_ids = fields.One2many("rgpd.request.item", "request_id", string="Rights")
    rights_summary = fields.Char(
        string="Rights asked", compute="_compute_rights_summary"
    )
    # Identity
    identity_status = fields.Selection(
        [
            ("known", "Established"),
            ("doubt", "Reasonable doubt"),
            ("awaited", "Proof awaited"),
            ("failed", "Not established"),
        ],
        string="Identity",
        required=True,
        default="known",
        tracking=True,
        help="No systematic copy of an identity paper: ask for more only on "
        "reasonable doubt, and for the least that settles it (Art. 12.6 GDPR, CNIL).",
    )
    identity_means = fields.Selection(
        [
            ("account", "Logged in to their account"),
            ("email", "Writes from the known e-mail address"),
            ("code", "Code sent to a known address"),
            ("details", "Customer number and details of an order"),
            ("paper", "Identity paper (last resort)"),
            ("other", "Other means"),
        ],
        string="Established by",
    )
    date_identity_asked = fields.Date(
        readonly=True,
        copy=False,
        help="The clock stands still from this day until the person answers "
        "(décret 2019-536, art. 77).",
    )
    date_identity_received = fields.Date(readonly=True, copy=False)
    # State; the clock is in `rgpd_request_clock.py`
    state = fields.Selection(
        [
            ("new", "New"),
            ("identity", "Identity to confirm"),
            ("clarification", "Clarification asked"),
            ("in_progress", "In progress"),
            ("extended", "Extended"),
            ("answered", "Answered"),
            ("refused", "Refused"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_done = fields.Boolean(compute="_compute_is_done", store=True, index=True)
    # Copies handed over
    delivery_ids = fields.One2many("rgpd.request.delivery", "request_id")
    delivery_count = fields.Integer(compute="_compute_delivery_count")

    # === COMPUTE METHODS === #

    @api.depends("item_ids.right")
    def _compute_rights_summary(self):
        for request in self:
            labels = [item._get_right_label() for item in request.item_ids]
            request.rights_summary = ", ".join(labels)

    @api.depends("state")
    def _compute_is_done(self):
        for request in self:
            request.is_done = request.state in states.DONE_STATES

    @api.depends("delivery_ids")
    def _compute_delivery_count(self):
        for request in self:
            request.delivery_count = len(request.delivery_ids)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Give each request its reference and journal its receipt."""
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                sequence = self.env["ir.sequence"].with_company(company)
                vals["name"] = sequence.next_by_code("rgpd.request") or "/"
        requests = super().create(vals_list)
        for request in requests:
            request._journal("received", channel=request.channel)
        return requests

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        """A request that was worked on is evidence: it is cancelled, not deleted."""
        if any(request.state not in ("new", "cancelled") for request in self):
            raise UserError(
                self.env._(
                    "A request that was worked on is evidence of how the company "
                    "answers: cancel it instead of deleting it."
                )
            )

    # === ACTION METHODS === #

    def action_open_deliveries(self):
        """Show what was handed over, to whom and when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_request_delivery_action"
        )
        return {**action, "domain": [("request_id", "=", self.id)]}

    # === BUSINESS METHODS - DELIVERY === #

    def action_download(self):
        """Let the officer's browser fetch the bundle once more."""
        self.ensure_one()
        right, persons = self._get_copy_persons()
        return self._get_copy_download(self._prepare_copy(right, persons))

    def _get_copy_persons(self, right=None):
        """Return which copy is asked for, and the records it is about.

        :raise UserError: it is in doubt who asks, or not known who is meant
        """
        self.ensure_one()
        self._check_identity()
        asked = self.item_ids.mapped("right")
        right = right or next(
            (right for right in ("access", "portability") if right in asked), None
        )
        person = self._get_person()
        if not right or not person:
            raise UserError(
                self.env._("Say first who is meant, and which copy is asked for.")
            )
        if person._name == "res.partner":
            last = self.delivery_ids.filtered(lambda d: d.right == right)[:1]
            person |= last.partner_ids
        return right, person

    def _check_identity(self):
        """Raise while it is not established who asks (Art. 12.6 GDPR).

        A copy given to somebody else is a breach.
        """
        if self.identity_status != "known":
            raise UserError(
                self.env._(
                    "The identity of who asks is not established: the copy waits until "
                    "it is (Art. 12.6 GDPR)."
                )
            )

    # === BUSINESS METHODS - LETTER === #

    def _get_letter_lang(self):
        """Return the language of the person, of the company, or French."""
        self.ensure_one()
        # sudo: res.lang - which languages are installed is no secret
        installed = {
            code for code, _name in self.env["res.lang"].sudo().get_installed()
        }
        wanted = (self.partner_id.lang, self.company_id.partner_id.lang, "fr_FR")
        return next((code for code in wanted if code in installed), "en_US")

    def _get_download_action(self, delivery, secret, password):
        """Return the client action that fetches the bundle by POST."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "rgpd_bundle_download",
            "params": {
                "request_id": self.id,
                "grant": secret,
                # Shown once, kept nowhere
                "password": password,
                "right": delivery.right,
            },
        }

    def _get_bundle_name(self, right):
        """Return the file name of a bundle: the reference, nobody's name."""
        self.ensure_one()
        reference = "".join(char if char.isalnum() else "-" for char in self.name)
        return f"rgpd-{reference}-{right}.zip"
