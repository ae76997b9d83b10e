from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ...core.retention import erasure_plan, erasure_scope
from ..journal.sql_array import int_array

# Order matters: files and messages are read through the rows they hang on, the anchors
# go last because everything else leads to them.
FIRST_MODELS = ("res.users", "mail.mail", "ir.attachment", "mail.tracking.value")


class RgpdEraserWork(models.AbstractModel):
    """Carry out an erasure on the rows of one batch, model by model."""

    _name = "rgpd.eraser.work"
    _description = "Work of the Eraser"

    @api.model
    def _mask_scope(self, scope, kept, codes):
        """Mask, redact and delete everything the scope holds.

        :param kept: ``{subject id: {category: Kept}}``
        :param codes: categories that stay for every person of the batch
        :rtype: odoo.addons.rgpd_fichier_client.core.retention.erasure_scope.Report
        """
        report = erasure_scope.Report(scope.owners, kept)
        work = self._prepare_work(scope, codes, report)
        for model in self._get_order(scope):
            for action, ids in scope.rows[model].items():
                handler = self._get_handlers().get(model, "_erase_rows")
                getattr(self, handler)(work, model, action, ids)
        self._erase_anchors(work)
        return report

    def _prepare_work(self, scope, codes, report):
        return {
            "scope": scope,
            "codes": set(codes),
            "report": report,
            "redact": self._get_redactor(scope),
            "protected": set(),
        }

    @api.model
    def _get_handlers(self):
        """Models that need more than their columns; hook for glue add-ons."""
        return {
            "res.users": "_erase_users",
            "ir.attachment": "_erase_files",
            "mail.message": "_erase_messages",
            "mail.mail": "_erase_queue",
            "mail.tracking.value": "_erase_tracking",
            "mail.followers": "_erase_links",
            "mail.message.link.preview": "_erase_previews",
        }

    def _get_order(self, scope):
        anchors = scope.get_anchor_models()
        known = [m for m in scope.rows if m in self.env and m not in anchors]
        first = [m for m in FIRST_MODELS if m in known]
        last = [m for m in known if m == "mail.message"]
        others = sorted(set(known) - set(first) - set(last))
        return [*first, *others, *last]

    # === ANY MODEL === #

    def _erase_rows(self, work, model, action, ids):
        """What the map says, on rows that need nothing special."""
        scope = work["scope"]
        document = scope.documents.get(model)
        if document == erasure_scope.ACCOUNTING:
            self._erase_accounting(work, model, ids)
            return
        if action == erasure_plan.UNLINK:
            self._erase_links(work, model, action, ids)
            return
        category = erasure_scope.CATEGORY_OF_DOCUMENT.get(document, "")
        codes = work["codes"]
        if action == erasure_plan.DELETE and category in codes:
            action = erasure_plan.MASK
        rules = self._get_rules(model)
        if category in codes:
            known = self.env["rgpd.data.map"]._get_fields(model)
            rules = erasure_plan.keep_unjudged_files(rules, known)
        plan = erasure_plan.plan_model(model, action, rules, codes)
        self._execute(work, plan, ids)
        if category in codes and action != erasure_plan.DELETE:
            self._keep(work, model, ids, "live_reason", category)

    def _erase_accounting(self, work, model, ids):
        """Documents stay as they are while accounting needs them; then texts go.

        The columns the inalterability hash is made from never change: labels of lines
        stay, as the certificate says.
        """
        service = self.env["rgpd.eraser.accounting"]
        released = set()
        if "invoice" not in work["codes"]:
            released = service._get_released(model, ids)
        self._keep(work, model, set(ids) - released, "accounting", "invoice")
        if not released:
            return
        sealed = service._get_sealed(model, released)
        columns = service._get_sealed_columns(model)
        rules = self._get_rules(model)
        loose = [rule for rule in rules if rule.name not in columns]
        for group, some in ((released - sealed, rules), (sealed, loose)):
            if group:
                plan = erasure_plan.plan_model(
                    model, erasure_plan.MASK, some, work["codes"]
                )
                self._execute(work, plan, group)
        if len(loose) < len(rules):
            self._keep(work, model, sealed, "accounting", "invoice")

    def _execute(self, work, plan, ids):
        """Carry out one plan and report it."""
        rows, report = self.env["rgpd.eraser.rows"], work["report"]
        ids = sorted(ids)
        if plan.action == erasure_plan.DELETE:
            report.add("erased", plan.model, plan.erased, ids)
            rows._delete(plan.model, ids)
            return
        self._delete_field_files(work, plan, ids)
        touched = set()
        if plan.redacted:
            redact = work["redact"].of_model(plan.model)
            touched = rows._redact(plan.model, ids, plan.redacted, redact)
        if plan.columns or plan.is_archived:
            rows._mask(plan, ids)
        if plan.action == erasure_plan.REDACT:
            report.add("erased", plan.model, ("correspondence",), touched)
        elif plan.changes_rows:
            report.add("erased", plan.model, plan.erased, ids)
        if plan.kept:
            for code in plan.kept:
                report.add("kept", plan.model, (code,), ids, "live_reason", code)

    def _delete_field_files(self, work, plan, ids):
        """Images and files that are fields of the record itself."""
        if not plan.files:
            return
        service = self.env["rgpd.eraser.file"]
        model = self.env[plan.model]
        columns = [
            name
            for name in plan.files
            if name in model._fields and model._fields[name].column_type
        ]
        service._delete(service._find_of_fields(plan.model, ids, plan.files))
        if columns:
            empty = erasure_plan.ModelPlan(
                plan.model, erasure_plan.MASK, {"null": tuple(columns)}
            )
            self.env["rgpd.eraser.rows"]._mask(empty, ids)
        names = [name for name in plan.files if name in model._fields]
        model.browse(ids).invalidate_recordset(names, flush=False)

    def _get_rules(self, model, whole=False):
        """Rules of the fields of a model.

        :param whole: the text is the person's own: all of it goes, not only names
        """
        rules = []
        for field in self.env["rgpd.data.map"]._get_fields(model).values():
            known = self.env[model]._fields.get(field.name)
            strategy = erasure_plan.get_strategy(field)
            if known is None or not field.is_personal or strategy == "keep":
                continue
            if whole and field.strategy == "redact":
                strategy = "label" if field.ttype in ("html", "text") else "empty"
            rules.append(
                erasure_plan.FieldRule(
                    name=field.name,
                    category=erasure_plan.get_category(field),
                    strategy=strategy,
                    ttype=field.ttype,
                    required=bool(known.required),
                    translate=bool(known.translate),
                    company_dependent=bool(known.company_dependent),
                )
            )
        return rules

    def _keep(self, work, model, ids, note, category):
        work["report"].add("kept", model, (category,), ids, note, category)

    def _erase_links(self, work, model, action, ids):
        """Cut the link, or remove the row when the link is all it says."""
        if action == erasure_plan.DELETE or model == "mail.followers":
            work["report"].add("erased", model, ("other",), ids)
            self.env["rgpd.eraser.rows"]._delete(model, sorted(ids))
            return
        links = self.env["rgpd.data.map"]._get_links(model)
        for link in links:
            if link.on_erase == erasure_plan.UNLINK:
                self._cut(work, link, sorted(ids))
        work["report"].add("erased", model, ("other",), ids)

    def _cut(self, work, link, ids):
        """Cut one link between these rows and the persons of the batch."""
        persons = work["scope"].ids_of(link.target)
        if not persons:
            return
        rows, persons = int_array(ids), int_array(persons)
        inverse = link.path.startswith("<")
        owner = self.env[link.target if inverse else link.model]
        field = owner._fields[link.path.lstrip("<")]
        if link.kind == "m2m":
            here, there = field.column1, field.column2
            if inverse:
                here, there = there, here
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s) AND %s = ANY(%s)",
                    SQL.identifier(field.relation),
                    SQL.identifier(here),
                    rows,
                    SQL.identifier(there),
                    persons,
                )
            )
        elif link.kind in ("direct", "user") and not field.required:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE id = ANY(%s) AND %s = ANY(%s)",
                    SQL.identifier(owner._table),
                    SQL.identifier(link.path),
                    rows,
                    SQL.identifier(link.path),
                    persons,
                )
            )
        owner.browse(ids).invalidate_recordset([field.name], flush=False)

    # === SPECIAL MODELS === #

    def _erase_users(self, work, model, action, ids):
        """Close the portal accounts; what the map says of the rest of the row too."""
        users = self.env[model].browse(ids).filtered("share")
        handled = {"login", "password", "active", "signature", "partner_id"}
        rules = [r for r in self._get_rules(model) if r.name not in handled]
        plan = erasure_plan.plan_model(
            model, erasure_plan.MASK, rules, work["codes"] - {"login"}
        )
        self._execute(work, plan, users.ids)
        self.env["rgpd.eraser.user"]._close(users)
        work["report"].add("erased", model, ("login",), users.ids)

    def _erase_previews(self, work, model, action, ids):
        """Pages shown under messages that go; Odoo shares one between messages."""
        pages = self.env[model].browse(ids).exists().link_preview_id.ids
        self._erase_rows(work, model, action, ids)
        query = SQL(
            """SELECT page.id FROM mail_link_preview page
                WHERE page.id = ANY(%s)
                  AND NOT EXISTS (SELECT 1 FROM mail_message_link_preview shown
                                   WHERE shown.link_preview_id = page.id)""",
            int_array(pages),
        )
        unused = [row[0] for row in self.env.execute_query(query)]
        if unused:
            work["report"].add(
                "erased", "mail.link.preview", ("correspondence",), unused
            )
            self.env["rgpd.eraser.rows"]._delete("mail.link.preview", unused)

    def _erase_files(self, work, model, action, ids):
        """Files of the person; those of documents that stay are listed."""
        scope, codes = work["scope"], work["codes"]
        attachments = self.env[model].browse(ids).exists()
        kept_by_category = {}
        for attachment in attachments:
            document = scope.documents.get(attachment.res_model)
            category = erasure_scope.CATEGORY_OF_DOCUMENT.get(document)
            if attachment.res_model == "account.move":
                category = "invoice"
            if category in codes and attachment.res_model not in scope.rows.get("", ()):
                kept_by_category.setdefault(category, set()).add(attachment.id)
        for category, kept_ids in kept_by_category.items():
            self._keep(work, model, kept_ids, "live_reason", category)
        staying = set().union(*kept_by_category.values())
        going = set(attachments.ids) - staying
        protected = self.env["rgpd.eraser.file"]._delete(going)
        self._keep(work, model, protected, "accounting", "invoice")
        work["report"].add("erased", model, ("file",), going - protected)

    def _erase_messages(self, work, model, action, ids):
        """The person's own words go; other people's stay, without the identifiers."""
        protected = self._get_protected_messages(work, ids)
        self._keep(work, model, protected, "accounting", "invoice")
        ids = set(ids) - protected
        own = ids & work["scope"].authored.get(model, set())
        plan = erasure_plan.plan_model(
            model, erasure_plan.MASK, self._get_rules(model, whole=True), set()
        )
        if own:
            self._execute(work, plan, own)
        others = ids - own
        if others:
            plan = erasure_plan.plan_model(
                model, erasure_plan.REDACT, self._get_rules(model), set()
            )
            self._execute(work, plan, others)
            links = [
                link
                for link in self.env["rgpd.data.map"]._get_links(model)
                if link.kind == "m2m" and link.role != "staff"
            ]
            for link in links:
                self._cut(work, link, sorted(others))

    def _get_protected_messages(self, work, ids):
        """Notifications the audit trail of accounting guards, while the law asks it."""
        Message = self.env["mail.message"]
        if (
            "invoice" not in work["codes"]
            or "account_audit_log_restricted" not in Message._fields
        ):
            return set()
        found = Message.search(
            [("id", "in", list(ids)), ("account_audit_log_restricted", "=", True)]
        )
        return set(found.ids)

    def _erase_tracking(self, work, model, action, ids):
        """Old values of the person's own record go, elsewhere they are redacted."""
        values = self.env[model].browse(ids).exists()
        protected = self._get_protected_messages(work, values.mail_message_id.ids)
        kept = values.filtered(lambda v: v.mail_message_id.id in protected)
        self._keep(work, model, set(kept.ids), "accounting", "invoice")
        anchors = work["scope"].get_anchor_models()
        own = (values - kept).filtered(lambda v: v.mail_message_id.model in anchors)
        others = values - kept - own
        if own:
            work["report"].add("erased", model, ("correspondence",), own.ids)
            self.env["rgpd.eraser.rows"]._delete(model, own.ids)
        plan = erasure_plan.plan_model(
            model, erasure_plan.REDACT, self._get_rules(model), set()
        )
        names = plan.redacted or tuple(
            name
            for name, field in self.env[model]._fields.items()
            if field.store and field.type in ("char", "text")
        )
        touched = self.env["rgpd.eraser.rows"]._redact(
            model, others.ids, names, work["redact"].of_model(model)
        )
        work["report"].add("erased", model, ("correspondence",), touched)

    def _erase_queue(self, work, model, action, ids):
        """Mail waiting for the person is not sent; other recipients get theirs."""
        mails = self.env[model].browse(ids).exists()
        redact = work["redact"].of_model(model)
        alone = mails.browse()
        for mail in mails:
            recipients = mail.recipient_ids.ids
            emails = (mail.email_to or "") + (mail.email_cc or "")
            rest = redact(mail.id)(emails).replace("[effacé]", "")
            # Somebody else of the batch may be written to in their own right
            persons = work["scope"].persons_of(model, mail.id)
            if persons.issuperset(recipients) and "@" not in rest:
                alone |= mail
        work["report"].add("erased", model, ("correspondence",), mails.ids)
        shared = mails - alone
        names = ("email_to", "email_cc", "body_html", "headers", "failure_reason")
        self.env["rgpd.eraser.rows"]._redact(model, shared.ids, names, redact)
        for link in self.env["rgpd.data.map"]._get_links(model):
            if link.kind == "m2m":
                self._cut(work, link, shared.ids)
        # The message behind stays in the thread and is dealt with as a message
        if alone:
            self.env.cr.execute(
                SQL("DELETE FROM mail_mail WHERE id IN %s", tuple(alone.ids))
            )
            alone.invalidate_recordset(flush=False)

    # === ANCHORS === #

    def _erase_anchors(self, work):
        scope, codes = work["scope"], work["codes"]
        for model in sorted(scope.get_anchor_models()):
            for group, rules in self._get_anchor_groups_of(scope, model):
                if not group:
                    continue
                plan = erasure_plan.plan_model(model, erasure_plan.MASK, rules, codes)
                plan = replace(plan, is_archived=self._is_archived(model, codes))
                self._execute(work, plan, group)

    def _get_anchor_groups_of(self, scope, model):
        """Return (ids, rules of their fields) of the records that stand for persons."""
        return self._get_anchor_groups(model, scope.ids_of(model))

    def _get_anchor_groups(self, model, ids):
        """Rows that share the same rules: a contact of a company does not own what
        comes from the company (VAT number, terms)."""
        rules = self._get_rules(model, whole=True)
        if model != "res.partner":
            return [(ids, rules)]
        partners = self.env[model]
        commercial = set(partners._commercial_fields())
        partners.flush_model(["commercial_partner_id"])
        here = int_array(ids)
        query = SQL(
            "SELECT id FROM res_partner"
            " WHERE id = ANY(%s) AND commercial_partner_id = ANY(%s)",
            here,
            here,
        )
        own = {row[0] for row in self.env.execute_query(query)}
        return [
            ([i for i in ids if i in own], rules),
            (
                [i for i in ids if i not in own],
                [rule for rule in rules if rule.name not in commercial],
            ),
        ]

    def _is_archived(self, model, codes):
        """Tell whether the masked record leaves the lists people work with."""
        return "contact" not in codes and "active" in self.env[model]._fields

    # === TEXT === #

    def _get_redactor(self, scope):
        """Return what removes from each row the identifiers of its persons."""
        return erasure_scope.RowRedactor(scope.to_redact(), scope.owners)
