from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.datamap import natural

# What a statement about everybody may take for sorting and joining
MEMORY = "128MB"
# After so many new rows the planner is told: the next statement reads them
MANY = 10000


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

    @api.model
    def _refresh(self):
        """Bring the rows in line with all anchor records, set-based.

        :return: number of rows added or changed
        """
        self._take_memory()
        return sum(
            self._refresh_model(model)
            for model in self.env["rgpd.data.map"]._get_anchor_models()
            if model in self.env
        )

    @api.model
    def _take_memory(self):
        """Let the statements about everybody sort and join in memory.

        For this transaction alone; with the four megabytes of a fresh PostgreSQL each
        step goes through the disk. Whoever configured more keeps it. To compile such
        long statements takes PostgreSQL longer than to run them.
        """
        self.env.cr.execute("SET LOCAL jit = off")
        self.env.cr.execute(
            """SELECT set_config('work_mem', %s, TRUE)
                WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes(%s)""",
            (MEMORY, MEMORY),
        )

    def _refresh_records(self):
        for model, subjects in self.grouped("res_model").items():
            self._refresh_model(model, subjects.mapped("res_id"))

    @api.model
    def _refresh_model(self, model, ids=None):
        """Insert, correct and retire the rows of one anchor model.

        Compared first, both ways at once: a row that is right is neither written nor
        locked. The row of a record that is gone stays, inactive: evidence names its
        uid. Nobody made them: to look up who did takes a third of the time.

        :param ids: records concerned, or a ``range`` of them; all of them when None
        """
        self.env.flush_all()
        if isinstance(ids, range):
            self._take_memory()
        anchors, only = self._get_compared(model, ids)
        columns = ("active", "company_id", "is_natural", "natural_evidence")
        columns = [*map(SQL.identifier, (*columns, "is_in_file"))]
        [[count]] = self.env.execute_query(
            SQL(
                """
                WITH change AS MATERIALIZED (
                    SELECT s.id AS known_id, anchor.id, anchor.company_id,
                           anchor.is_natural, anchor.evidence AS natural_evidence,
                           anchor.evidence NOT IN %(outside)s AS is_in_file
                      FROM (%(anchors)s OFFSET 0) AS anchor
                 FULL JOIN (SELECT * FROM rgpd_subject
                             WHERE res_model = %(model)s AND %(only)s) s
                           ON s.res_id = anchor.id
                     WHERE s.id IS NULL
                           OR (anchor.id IS NULL AND s.active)
                           OR (anchor.id IS NOT NULL AND (
                               s.natural_override IS NOT NULL
                               OR (s.active, s.company_id, s.is_natural,
                                   s.natural_evidence, s.is_in_file)
                                  IS DISTINCT FROM (
                                   s.merged_into_id IS NULL, anchor.company_id,
                                   anchor.is_natural, anchor.evidence,
                                   anchor.evidence NOT IN %(outside)s)))
                ), retired AS (
                    UPDATE rgpd_subject s SET active = FALSE FROM change
                     WHERE s.id = change.known_id AND change.id IS NULL
                    RETURNING 1
                ), stored AS (
                    INSERT INTO rgpd_subject AS known (
                           res_model, res_id, uid, %(columns)s,
                           create_date, write_date)
                    SELECT %(model)s, id,
                           replace(gen_random_uuid()::varchar, '-', ''), TRUE,
                           company_id, is_natural, natural_evidence, is_in_file,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM change WHERE id IS NOT NULL ORDER BY id
                    ON CONFLICT (res_model, res_id) DO UPDATE
                       SET (%(columns)s) = ROW(%(values)s)
                     WHERE (%(known)s) IS DISTINCT FROM (%(values)s)
                    RETURNING 1
                )
                SELECT (SELECT count(*) FROM retired) + (SELECT count(*) FROM stored)
                """,
                model=model,
                outside=natural.OUTSIDE_EVIDENCE,
                anchors=anchors,
                only=only,
                columns=SQL(", ").join(columns),
                known=SQL(", ").join(SQL("known.%s", column) for column in columns),
                values=SQL(
                    """known.merged_into_id IS NULL, EXCLUDED.company_id,
                       CASE known.natural_override
                           WHEN 'natural' THEN TRUE WHEN 'legal' THEN FALSE
                           ELSE EXCLUDED.is_natural END,
                       CASE WHEN known.natural_override IS NULL
                           THEN EXCLUDED.natural_evidence ELSE 'choice' END,
                       EXCLUDED.is_in_file"""
                ),
            )
        )
        if count >= MANY:
            self.env.cr.execute("ANALYZE rgpd_subject")
        self.invalidate_model()
        return count

    def _get_compared(self, model, ids):
        """Return the query of the anchors, and the condition on their rows.

        :param ids: see `_refresh_model`
        """
        if ids is None:
            return self._get_anchor_query(model), SQL("TRUE")
        if not isinstance(ids, range):
            condition = SQL("res_id = ANY(%s)", list(ids))
            return self._get_anchor_query(model, ids), condition
        within = "%(id)s >= %(first)s AND %(id)s < %(stop)s"
        anchors = SQL(
            "SELECT * FROM (%s) every WHERE %s",
            self._get_anchor_query(model),
            SQL(within, id=SQL("id"), first=ids.start, stop=ids.stop),
        )
        condition = SQL(within, id=SQL("res_id"), first=ids.start, stop=ids.stop)
        return anchors, condition

    # === HOOKS FOR OTHER TOPICS AND GLUE ADD-ONS === #

    @api.model
    def _get_anchor_query(self, model, ids=None):
        """Return the query of anchor records: id, company_id, is_natural, evidence.

        To be extended for each further anchor model.
        """
        if model == "res.partner":
            return self._get_partner_query(ids)
        raise NotImplementedError(model)

    @api.model
    def _get_partner_query(self, ids=None):
        only = (
            SQL("partner.id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE")
        )
        technical = [
            partner.id
            for xmlid in self._get_technical_partner_xmlids()
            if (partner := self.env.ref(xmlid, raise_if_not_found=False))
        ]
        return SQL(
            """
            SELECT partner.id, partner.company_id,
                   CASE WHEN evidence.code IN ('company', 'address', 'own_company',
                                               'technical')
                        THEN FALSE ELSE TRUE END AS is_natural,
                   evidence.code AS evidence
              FROM res_partner AS partner
         LEFT JOIN res_company AS own ON own.partner_id = partner.id
         CROSS JOIN LATERAL (SELECT CASE
                   WHEN own.id IS NOT NULL THEN 'own_company'
                   WHEN partner.id = ANY(%(technical)s) THEN 'technical'
                   WHEN EXISTS (SELECT 1 FROM res_users AS account
                                 WHERE account.partner_id = partner.id
                                   AND account.share IS NOT TRUE) THEN 'staff'
                   WHEN partner.is_company IS NOT TRUE THEN CASE
                        WHEN partner.parent_id IS NULL THEN 'person'
                        WHEN COALESCE(partner.type, 'contact') = 'contact'
                             OR COALESCE(trim(partner.name), '') <> '' THEN 'contact'
                        ELSE 'address' END
                   WHEN partner.name ~* %(sole_trader)s OR partner.name ~* %(civility)s
                        THEN 'sole_trader_name'
                   ELSE 'company' END AS code) AS evidence
             WHERE %(only)s
            """,
            technical=technical,
            sole_trader=natural.SOLE_TRADER_REGEX,
            civility=natural.CIVILITY_REGEX,
            only=only,
        )

    @api.model
    def _get_technical_partner_xmlids(self):
        """Return the contacts Odoo itself uses; they stand for nobody."""
        return [
            "base.partner_root",
            "base.public_partner",
            "base.template_portal_user_id_res_partner",
        ]
