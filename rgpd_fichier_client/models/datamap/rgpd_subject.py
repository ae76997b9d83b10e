from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain


class RgpdSubject(models.Model):
    """A person concerned: one row per anchor record that stands for somebody.

    A person is not a partner: leads and mailing contacts without partner have a row
    too. The random uid names the person in the evidence; it survives the record.
    It is a side table: nothing is added to ``res_partner``.
    """

    _name = "rgpd.subject"
    _description = "Person Concerned"
    _order = "id desc"

    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    uid = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        help="Random name of the person in the evidence. It says nothing about them.",
    )
    is_natural = fields.Boolean(
        string="Natural person",
        readonly=True,
        help="Data protection law protects natural persons, sole traders included.",
    )
    natural_evidence = fields.Selection(
        [
            ("person", "Not ticked as a company"),
            ("contact", "Contact person of a company"),
            ("sole_trader_name", "Sole trader: the name says so"),
            ("sole_trader_form", "Sole trader: legal form"),
            ("choice", "Decided by the staff"),
            ("address", "Further address without a name"),
            ("company", "Company"),
            ("staff", "Internal user (staff)"),
            ("technical", "Technical contact of Odoo"),
            ("own_company", "Our own company"),
        ],
        string="Evidence",
        readonly=True,
    )
    natural_override = fields.Selection(
        [("natural", "Natural person"), ("legal", "Organisation")],
        string="Decided by the staff",
        help="Overrules what the record suggests.",
    )
    is_in_file = fields.Boolean(
        string="In the customer file",
        readonly=True,
        help="Staff, technical contacts and our own companies are left out: they do "
        "not belong to the customer file and its retention.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    merged_into_id = fields.Many2one(
        "rgpd.subject",
        string="Merged into",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    active = fields.Boolean(
        default=True, readonly=True, help="Unticked when the record is gone."
    )
    model_label = fields.Char(compute="_compute_model_label", string="Kind of record")

    _record_unique = models.Constraint(
        "UNIQUE(res_model, res_id)", "A record stands for one person."
    )
    _uid_unique = models.Constraint(
        "UNIQUE(uid)", "The name of a person in the evidence is unique."
    )

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Name the persons whose record the user may read; the others by a number.

        Odoo computes the labels of links in sudo: the rights looked at are those of the
        user all the same.
        """
        for model, subjects in self.grouped("res_model").items():
            names = subjects._get_record_names(model)
            for subject in subjects:
                number = (subject.uid or "")[:8]
                if subject.res_id not in names:
                    name = self.env._("Erased or deleted (%(uid)s)", uid=number)
                else:
                    name = names[subject.res_id] or self.env._(
                        "Person %(uid)s", uid=number
                    )
                subject.display_name = name

    def _get_record_names(self, model):
        """Return ``{res_id: name}`` of the records that exist.

        The name is empty when the user may not read the record.
        """
        records = self.env.get(model)
        if records is None:
            return {}
        records = records.with_context(active_test=False)
        found = records.browse(self.mapped("res_id")).exists()
        # The superuser has no rights of their own to look at
        asker = found if self.env.uid == SUPERUSER_ID else found.sudo(False)
        readable = asker._filtered_access("read") if found else found
        names = {record.id: self._get_label(record) for record in readable}
        return dict.fromkeys(found.ids, "") | names

    @api.model
    def _get_label(self, record):
        """Return the name of the human, and that of the record where it is another.

        A lead is named by what it is about: that tells nobody who it is.
        """
        label = record.display_name or ""
        if record._name == "res.partner":
            return label  # Maybe masked, as it has to be
        human = self.env["rgpd.person.finder"]._get_person_name(record) or ""
        if not human or human in label:
            return label
        return f"{human} ({label})" if label else human

    def _search_display_name(self, operator, value):
        if operator not in ("ilike", "=", "in", "=ilike"):
            return NotImplemented
        domains = []
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            records = self.env[model].with_context(active_test=False)
            if not records.has_access("read"):
                # A search that finds would tell who is there
                continue
            found = records._search([("display_name", operator, value)])
            domains.append(
                Domain("res_model", "=", model) & Domain("res_id", "in", found)
            )
        return Domain.OR(domains)

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        # sudo: ir.model - the name of a model, in the language of the user
        models_sudo = self.env["ir.model"].sudo()
        for subject in self:
            subject.model_label = models_sudo._get(subject.res_model).name

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "natural_override" in vals:
            self._refresh_records()
        return result

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record that stands for the person, with the user's own rights."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_open_journal(self):
        """Open the evidence about the person, from before a merge too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_journal_action"
        )
        persons = self | self._get_aliases()
        return action | {"domain": [("subject_uid", "in", persons.mapped("uid"))]}

    # === BUSINESS METHODS === #

    def _get_aliases(self):
        """Return the subjects that merges put into these, at any depth."""
        aliases, level = self.browse(), self
        while level:
            level = self.with_context(active_test=False).search(
                [("merged_into_id", "in", level.ids)]
            )
            level -= aliases
            aliases |= level
        return aliases

    @api.model
    def _of(self, records, create=True):
        """Return the subjects of anchor records.

        :param records: recordset of any anchor model, or subjects themselves
        :param bool create: make the rows that are missing
        :rtype: rgpd.subject
        """
        if records._name == self._name or not records:
            return records if records._name == self._name else self.browse()
        ids = [res_id for res_id in records._ids if isinstance(res_id, int)]
        domain = [("res_model", "=", records._name), ("res_id", "in", ids)]
        # sudo: rgpd.subject - the row holds no personal data, engines need it for
        # whoever works on the record
        subjects_sudo = self.sudo().with_context(active_test=False)
        found = subjects_sudo.search(domain)
        if create and len(found) < len(set(ids)):
            subjects_sudo._refresh_model(records._name, ids)
            found = subjects_sudo.search(domain)
        return self.browse(found.ids)

    def _records(self):
        """Return ``{model: existing anchor records}`` of the subjects."""
        result = {}
        for model, subjects in self.grouped("res_model").items():
            if model in self.env:
                ids = subjects.mapped("res_id")
                result[model] = self.env[model].browse(ids).exists()
        return result

    def _get_survivor(self):
        """Return the subject that a merge left in place of this one."""
        self.ensure_one()
        subject = self
        while subject.merged_into_id:
            subject = subject.merged_into_id
        return subject
