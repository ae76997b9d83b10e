from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.request import clock, states

URGENCIES = [
    ("0_overdue", "Overdue"),
    ("1_now", "Within 3 days"),
    ("2_week", "Within 7 days"),
    ("3_soon", "Within 15 days"),
    ("4_later", "Later"),
    ("5_waiting", "Waiting for the person"),
    ("6_done", "Done"),
]


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
    # Clock
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
    date_received = fields.Date(
        string="Received on",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Day on which the request reached the company, at any address.",
    )
    date_due = fields.Date(
        string="Plan for",
        compute="_compute_due",
        store=True,
        index=True,
        help="One month after receipt, three when extended; plan on this day.",
    )
    date_due_legal = fields.Date(
        string="Legal due date",
        compute="_compute_due",
        store=True,
        help="The same day, or the next working day when it falls on a weekend or a "
        "public holiday (Reg. 1182/71, art. 3.4).",
    )
    is_suspended = fields.Boolean(compute="_compute_due", store=True)
    days_left = fields.Integer(compute="_compute_days_left")
    urgency = fields.Selection(
        URGENCIES,
        compute="_compute_urgency",
        store=True,
        index=True,
        help="Refreshed every day.",
    )
    is_extended = fields.Boolean(readonly=True, copy=False)
    date_extended = fields.Date(readonly=True, copy=False)
    extension_reason = fields.Text(
        copy=False,
        help="Complexity or number of requests; the person is told it within the "
        "first month (Art. 12.3 GDPR).",
    )
    date_answered = fields.Date(readonly=True, copy=False, tracking=True)
    days_to_answer = fields.Integer(
        compute="_compute_days_to_answer", store=True, aggregator="avg"
    )
    is_in_time = fields.Boolean(
        string="Answered in time", compute="_compute_days_to_answer", store=True
    )
    alerts_given = fields.Json(readonly=True, copy=False)
    delivery_ids = fields.One2many("rgpd.request.delivery", "request_id")
    delivery_count = fields.Integer(compute="_compute_delivery_count")

    # === COMPUTE METHODS === #

    @api.depends("item_ids.right")
    def _compute_rights_summary(self):
        for request in self:
            labels = request.item_ids.mapped(lambda item: item._get_right_label())
            request.rights_summary = ", ".join(labels)

    @api.depends("state")
    def _compute_is_done(self):
        for request in self:
            request.is_done = request.state in states.DONE_STATES

    @api.depends(
        "date_received", "is_extended", "date_identity_asked", "date_identity_received"
    )
    def _compute_due(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_suspended = bool(
                request.date_identity_asked and not request.date_identity_received
            )
            if not request.date_received:
                request.date_due = request.date_due_legal = False
                continue
            due = clock.compute_due(
                request.date_received,
                extended=request.is_extended,
                suspensions=request._get_suspensions(),
                today=today,
            )
            request.date_due, request.date_due_legal = due.plan, due.legal

    @api.depends("date_due", "is_done")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for request in self:
            is_open = request.date_due and not request.is_done
            request.days_left = (request.date_due - today).days if is_open else 0

    @api.depends("date_due", "is_done", "is_suspended", "state")
    def _compute_urgency(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.urgency = request.date_due and clock.get_urgency(
                request.date_due,
                today,
                done=request.is_done,
                suspended=request.is_suspended or request.state == "clarification",
            )

    @api.depends("date_answered", "date_received", "date_due_legal")
    def _compute_days_to_answer(self):
        for request in self:
            answered = request.date_answered
            request.is_in_time = bool(answered) and answered <= request.date_due_legal
            request.days_to_answer = (
                (answered - request.date_received).days if answered else 0
            )

    @api.depends("delivery_ids")
    def _compute_delivery_count(self):
        for request in self:
            request.delivery_count = len(request.delivery_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("date_received")
    def _check_date_received(self):
        today = fields.Date.context_today(self)
        if any(request.date_received > today for request in self):
            raise ValidationError(
                self.env._("A request cannot be received in the future.")
            )

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

    def action_start(self):
        """Begin to work on the request."""
        self._move("start")

    def action_ask_identity(self):
        """Ask for more to establish who asks; the clock stands still (Art. 12.6)."""
        today = fields.Date.context_today(self)
        for request in self:
            if request.date_identity_asked and request.date_identity_received:
                raise UserError(
                    request.env._("Identity was asked and received once already.")
                )
        self._move(
            "ask_identity",
            identity_status="awaited",
            date_identity_asked=today,
            date_identity_received=False,
        )

    def action_confirm_identity(self):
        """Identity is established; the clock runs again."""
        today = fields.Date.context_today(self)
        for request in self:
            asked = request.date_identity_asked
            request._move(
                "confirm_identity",
                identity_status="known",
                date_identity_received=today if asked else False,
            )

    def action_ask_clarification(self):
        """Ask what is meant; the right is not refused and the clock goes on."""
        self._move("ask_clarification")

    def action_receive_clarification(self):
        """The person made clear what is meant."""
        self._move("receive_clarification")

    def action_extend(self):
        """Extend by two months, within the first one and with reasons (Art. 12.3)."""
        today = fields.Date.context_today(self)
        for request in self:
            request._check_extension(today)
        self._move("extend", is_extended=True, date_extended=today)

    def action_answer(self):
        """The answer has gone to the person."""
        for request in self:
            undecided = request.item_ids.filtered(lambda item: not item.decision)
            if undecided:
                raise UserError(
                    request.env._(
                        "Decide on each right first: %(rights)s.",
                        rights=", ".join(
                            undecided.mapped(lambda item: item._get_right_label())
                        ),
                    )
                )
        self._move("answer", date_answered=fields.Date.context_today(self))

    def action_refuse(self):
        """Refuse, with a ground of the law for each right (Art. 12.4)."""
        for request in self:
            open_items = request.item_ids.filtered(lambda item: not item.ground)
            if open_items or not request.item_ids:
                raise UserError(
                    request.env._(
                        "A refusal needs a ground of the law for each right; the "
                        "letter tells it to the person, with the complaint to the "
                        "CNIL and the remedy before a court."
                    )
                )
        self.item_ids.decision = "refused"
        self._move("refuse", date_answered=fields.Date.context_today(self))

    def action_close(self):
        """Nothing is left to do."""
        self._move("close")

    def action_cancel(self):
        """The person gave the request up, or it was opened by mistake."""
        self._move("cancel")

    def action_reopen(self):
        """Work on it again: the person is not satisfied, or it closed by mistake."""
        self._move("reopen", date_answered=False)

    def action_open_deliveries(self):
        """Show what was handed over, to whom and when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_request_delivery_action"
        )
        return {**action, "domain": [("request_id", "=", self.id)]}

    # === BUSINESS METHODS - STATES === #

    def _move(self, act, **values):
        """Do one act of the state machine on each request and journal it.

        :param str act: key of `core.request.states.TRANSITIONS`
        :param values: written together with the new state
        :raise UserError: the act is not allowed in the state of a request
        """
        self.check_access("write")
        self.lock_for_update()
        for request in self:
            extended = values.get("is_extended", request.is_extended)
            try:
                state = states.get_next_state(act, request.state, extended=extended)
            except states.TransitionError as error:
                raise request._get_transition_error() from error
            request.write({**values, "state": state})
            request._journal(act, state=state)
        return True

    def _get_transition_error(self):
        state = dict(self._fields["state"]._description_selection(self.env))
        return UserError(
            self.env._(
                "Request %(name)s is “%(state)s”: this step is not possible now. "
                "It may have been done by a colleague; reload the page.",
                name=self.name,
                state=state[self.state],
            )
        )

    def _check_extension(self, today):
        """Raise unless the request may be extended today.

        :raise UserError: too late, twice, or without reasons
        """
        self.ensure_one()
        try:
            clock.check_extension(
                self.date_received,
                today=today,
                suspensions=self._get_suspensions(),
                extended=self.is_extended,
            )
        except clock.ExtensionTooLateError as error:
            raise UserError(
                self.env._(
                    "The first month is over: the person had to be told within it "
                    "(Art. 12.3 GDPR). Answer as soon as possible."
                )
            ) from error
        except clock.AlreadyExtendedError as error:
            raise UserError(
                self.env._("The period was extended once; it cannot be again.")
            ) from error
        if not (self.extension_reason or "").strip():
            raise UserError(
                self.env._("Write the reasons first: the person is told them.")
            )

    def _get_suspensions(self):
        """Return the periods during which the clock stood still."""
        self.ensure_one()
        if not self.date_identity_asked:
            return []
        return [(self.date_identity_asked, self.date_identity_received or None)]

    def _journal(self, act, **payload):
        """Keep one step as evidence, without personal data."""
        self.ensure_one()
        kinds = {"answer": "answered", "refuse": "refused", "extend": "extended"}
        self.env["rgpd.journal"]._record(
            f"request.{kinds.get(act, act)}",
            self._get_person(),
            {
                "request": self.name,
                "rights": sorted(self.item_ids.mapped("right")),
                **payload,
            },
            company=self.company_id,
        )

    # === BUSINESS METHODS - OPENING === #

    @api.model
    def _open_for(self, person, right, *, channel="other", company=None, **values):
        """Return the open request of `person` for `right`, made if there is none.

        A second click, or a second mail, does not open a second request.

        :param person: one record of any anchor model (contact, lead…)
        :param str right: key of `rgpd.request.item.right`
        :rtype: rgpd.request
        """
        company = company or self.env.company
        self._lock_person(person)
        found = self._find_open(person, right, company)
        if found:
            return found
        return self.create(
            {
                **self._prepare_person_vals(person),
                "company_id": company.id,
                "channel": channel,
                "item_ids": [fields.Command.create({"right": right})],
                **values,
            }
        )

    @api.model
    def _prepare_person_vals(self, person):
        """Return the fields that say who is meant, and where to answer."""
        finder = self.env["rgpd.person.finder"]
        identifiers = finder._get_identifiers(person).get(person.id, ())
        emails = [item.value for item in identifiers if item.kind == "email"]
        is_contact = person._name == "res.partner"
        return {
            "partner_id": is_contact and person.id,
            "subject_id": not is_contact and self.env["rgpd.subject"]._of(person).id,
            # sudo: anchors - the wizard has checked that the officer may read it
            "requester_name": finder._get_person_name(person.sudo()),
            "requester_email": emails[0] if emails else False,
        }

    def _get_person(self):
        """Return the record the request is about: a contact, a lead…, or nothing."""
        self.ensure_one()
        if self.partner_id or not self.subject_id:
            return self.with_context(active_test=False).partner_id
        # sudo: rgpd.subject - leads may be out of the officer's sight
        subject = self.subject_id.sudo()
        records = subject._records().get(subject.res_model)
        return records if records else self.env["res.partner"]

    @api.model
    def _lock_person(self, person):
        """Serialise the requests of one person.

        The row is written, not only locked: of two clicks at the same moment the
        second fails to serialise, and Odoo runs it again with the first one in sight.
        """
        # sudo: rgpd.subject - the row holds no personal data
        subjects = self.env["rgpd.subject"].sudo()._of(person)
        if subjects:
            self.env.cr.execute(
                SQL("UPDATE rgpd_subject SET id = id WHERE id IN %s", subjects._ids)
            )

    @api.model
    def _find_open(self, person, right, company):
        """Return the oldest open request of `person` for `right`, or none."""
        if not person:
            return self.browse()
        if person._name == "res.partner":
            domain = Domain("partner_id", "=", person.id)
        else:
            subjects = self.env["rgpd.subject"]._of(person, create=False)
            domain = Domain("subject_id", "in", subjects.ids)
        domain &= Domain("company_id", "=", company.id)
        domain &= Domain("is_done", "=", False) & Domain("item_ids.right", "=", right)
        return self.search(domain, order="date_received, id", limit=1)

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

    # === CRON METHODS === #

    @api.model
    def _cron_alert(self, batch=200):
        """Refresh urgencies and remind the officers 15, 7 and 3 days before the end.

        Each alert is given once; safe to trigger at any time.
        """
        open_requests = self.search([("is_done", "=", False)])
        done = 0
        for start in range(0, len(open_requests), batch):
            part = open_requests[start : start + batch]
            part._compute_due()
            part._compute_urgency()
            for request in part:
                request._give_alert()
            done += len(part)
            left = self.env["ir.cron"]._commit_progress(
                len(part), remaining=len(open_requests) - done
            )
            if not left:
                break

    def _give_alert(self):
        """Schedule the reminder that is due today, if any."""
        self.ensure_one()
        if self.is_suspended or self.is_done or not self.date_due:
            return
        today = fields.Date.context_today(self)
        alert = clock.get_alert(self.date_due, today, self.alerts_given or ())
        if alert is None:
            return
        self.alerts_given = [*(self.alerts_given or ()), alert]
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(today, self.date_due),
            summary=self._get_alert_summary(alert),
            user_id=(self.officer_id or self.env.user).id,
        )

    def _get_alert_summary(self, alert):
        if not alert:
            return self.env._("Request %(name)s is overdue", name=self.name)
        return self.env._(
            "Request %(name)s: answer due on %(date)s",
            name=self.name,
            date=fields.Date.to_string(self.date_due),
        )
