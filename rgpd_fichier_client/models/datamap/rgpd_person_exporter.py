from odoo import api, models
from odoo.exceptions import UserError

from ...core.datamap import bundle_secret, language
from ...core.datamap.bundle_parts import NAMES
from . import export_large
from .export_review import Review

BATCH = 200
# Kinds of data a reader looks for first; the others follow by name.
FIRST_MODELS = (
    "res.partner",
    "res.partner.bank",
    "crm.lead",
    "mailing.contact",
    "rgpd.consent",
    "sale.order",
    "account.move",
    "account.payment",
    "mail.message",
)


class RgpdPersonExporter(models.AbstractModel):
    """Writes the copy of everything held about a person (Art. 15.3 and 20 GDPR).

    What there is comes from the finder, what each field means from the data map.
    Records are read in batches and streamed, so that memory does not grow with
    the person; other people are masked (Art. 15.4); means of access never leave.
    """

    _name = "rgpd.person.exporter"
    _description = "Exporter of a Person's Data"

    @api.model
    def _export(self, records, stream, portability=False, review=None):
        """Write the bundle of the persons behind `records` into a binary stream.

        The ZIP holds `index.html`, `data.json` with its `schema.json`, one CSV per
        model, `files/`, and `manifest.json` with the SHA-256 of each entry. No name
        of an entry tells who the person is. Runs with all rights: who may ask is
        decided by the caller.

        :param records: one person, as records of any anchor model
        :param stream: binary stream, left open; need not be seekable
        :param bool portability: only what the person provided (Art. 20)
        :param Review review: what an officer decided; the rules alone without it
        :return: the manifest; `counts` gives the number of records by model
        :rtype: dict
        :raise UserError: the records do not exist any more
        """
        records = self._with_all_rights(records)
        return records.env[self._name]._write_bundle(
            records, stream, portability, review or Review()
        )

    @api.model
    def _export_steps(self, records, portability, review, step, **options):
        """Write the parts of a bundle, for whoever commits between steps.

        :param Step step: takes what is written; see core
        :param options: see `_iterate_bundle`
        :return: iterator over states; the last one goes to `_export_end`
        :raise UserError: the records do not exist any more
        """
        records = self._with_all_rights(records)
        return records.env[self._name]._iterate_bundle(
            records, portability, review, step, **options
        )

    @api.model
    def _export_end(self, records, portability, spool, state, stream):
        """Put the parts together into a binary stream; return the manifest.

        :param Spool spool: everything the steps wrote
        :param dict state: the last one
        """
        records = self._with_all_rights(records)
        return records.env[self._name]._assemble(spool, state, stream, portability)

    @api.model
    def _get_found(self, records, portability=False):
        """Return what the bundle would hold, whatever was decided: ``{model: ids}``.

        :raise UserError: the records do not exist any more
        """
        records = self._with_all_rights(records)
        return records.env[self._name]._find_records(records, portability)

    @api.model
    def _scan(self, records, portability, review, step, position=None):
        """Read what the copy would hold, and tell `review` what the rules hide.

        Whoever looks at each step may commit, stop, and begin again later from a
        position.

        :param Step step: keeps the names learned, for who goes on later
        :param position: where an earlier scan stopped, `[model, id]`
        :return: iterator over `(position, records read, records in all)`, the first
            time before anything is read
        :raise UserError: the records do not exist any more
        """
        records = self._with_all_rights(records)
        return records.env[self._name]._scan_records(
            records, portability, review, step, position
        )

    def _with_all_rights(self, records):
        """Return the records in sudo, in the language of the person.

        :raise UserError: they do not exist any more
        """
        records = records.exists()
        if not records:
            raise UserError(
                self.env._("This person does not exist any more: nothing is held.")
            )
        # sudo: the copy is complete whatever the rights of who answers (Art. 15)
        exporter, records = self.sudo(), records.sudo()
        if export_large.get_large(records):
            # Odoo would read the large values with the name of the person
            exporter = exporter.with_context(prefetch_fields=False)
        lang = self._get_lang(records.with_env(exporter.env))
        exporter = exporter.with_context(lang=lang, active_test=False)
        return records.with_env(exporter.env)

    def _scan_records(self, records, portability, review, step, position):
        """Read batch by batch, in an order that a later scan finds again."""
        found = self._find_records(records, portability)
        total, done = sum(map(len, found.values())), 0
        reader = self._prepare_reader(records, found, portability, review)
        reader.recall(step.read_lines(NAMES))
        yield position, 0, total
        for model in sorted(found):
            columns = reader.get_columns(model)
            for ids in self._split(sorted(found[model])):
                done += len(ids)
                if position and (model, ids[-1]) <= tuple(position):
                    continue
                for _record in reader.read(self.env[model].browse(ids), columns):
                    pass  # what the reader hides goes to its review
                self._note_names(step, reader)
                self.env.invalidate_all()
                yield [model, ids[-1]], done, total

    @staticmethod
    def _split(ids):
        return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))

    # === WHO AND WHAT === #

    def _get_lang(self, records):
        """Return the language of the copy: of the person, else of the company.

        The person's counts when Odoo has it, or has it for another country; nothing
        stands for French by itself. Who answers, and in what language they work,
        plays no part.
        """
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        company = self.env.company.partner_id.lang
        wanted = [*self._get_own_langs(records), company]
        return language.choose(wanted, installed, default=self.env.lang or "en_US")

    def _get_own_langs(self, records):
        """Return the codes noted on the records; a lead names a language record."""
        if "lang" in records._fields:
            return records.mapped("lang")
        field = records._fields.get("lang_id")
        if field and field.comodel_name == "res.lang":
            return records.lang_id.mapped("code")
        return []

    def _find_records(self, records, portability):
        """Return `{model: sorted ids}` of what goes into the bundle."""
        found = self.env["rgpd.person.finder"]._find_own(records)
        kept = {}
        for model in self._sort_models(found):
            if model in bundle_secret.SECRET_MODELS or model not in self.env:
                continue
            ids = self._filter_company(model, list(found.pop(model)))
            if model == "ir.attachment":
                ids = self._filter_attachments(ids)
            if portability and model == "mail.message":
                ids = self._filter_own_messages(records, ids)
            if ids:
                kept[model] = ids
        return kept

    def _sort_models(self, found):
        rank = {model: position for position, model in enumerate(FIRST_MODELS)}
        return sorted(found, key=lambda model: (rank.get(model, len(rank)), model))

    def _filter_company(self, model, ids):
        """Return the ids of this company, sorted; another controller answers itself."""
        Model = self.env[model]
        domain = [("id", "in", ids)]
        field = Model._fields.get("company_id")
        if field and field.store and field.type == "many2one":
            domain += [("company_id", "in", [False, *self.env.companies.ids])]
        order = "date, id" if model == "mail.message" else "id"
        return list(Model.search(domain, order=order)._ids)

    def _filter_attachments(self, ids):
        """Leave out thumbnails, and files of fields that never leave."""
        attachments = self.env["ir.attachment"].browse(ids)
        return attachments.filtered(
            lambda file: (
                not file.res_field
                or not (
                    bundle_secret.is_secret(file.res_field)
                    or bundle_secret.is_technical(file.res_field)
                )
            )
        ).ids

    def _filter_own_messages(self, records, ids):
        own = self._get_own_ids(records).get("res.partner", ())
        domain = [("id", "in", ids), ("author_id", "in", list(own))]
        return list(self.env["mail.message"].search(domain, order="date, id")._ids)

    def _get_own_ids(self, records):
        """Return `{model: ids}` of the records that stand for the person."""
        own = {records._name: set(records.ids)}
        if records._name == "res.partner":
            users = self.env["res.users"].search([("partner_id", "in", records.ids)])
            own["res.users"] = set(users.ids)
        elif "partner_id" in records._fields:
            own["res.partner"] = set(records.partner_id.ids)
        return own

    # === HOOKS FOR THE TOPICS BELOW === #

    def _get_information(self, _records, _portability):
        """Return the blocks of Art. 15.1 shown before the data.

        The register and the retention engine extend it.

        :return: list of ``{"title", "text": [...], "columns": [...], "rows": [[...]]}``
        """
        return []

    def _get_fixed_fields(self, portability):
        """Return `{model: field names}` where the data map does not decide.

        Messages the person wrote are data they provided, others are not. A lower
        topic adds its own models.
        """
        return {"mail.message": ("date", "subject", "body")} if portability else {}

    def _get_portable_categories(self, _company):
        """Return the codes of categories used under consent or contract, or None.

        :return: set of codes; None when nothing is known and all are kept
        """
        return

    def _get_document_reports(self):
        """Return `{model: (report xml id, domain of the documents to print)}`."""
        return {
            "sale.order": (
                "sale.action_report_saleorder",
                [("state", "in", ("sent", "sale", "done"))],
            ),
            "account.move": (
                "account.account_invoices",
                [
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                ],
            ),
        }

    # === LABELS === #

    def _label(self, model):
        # sudo of the whole exporter: model names in the language of the person
        known = self._get_labels().get(model)
        return known or self.env["ir.model"]._get(model).name or model

    def _get_labels(self):
        """Return `{model: words}` where the name Odoo gives is not for a customer."""
        return {
            "res.partner": self.env._("Your contact details"),
            "sale.order": self.env._("Your orders and quotations"),
            "sale.order.line": self.env._("Lines of your orders"),
            "account.move": self.env._("Your invoices and credit notes"),
            "account.move.line": self.env._("Lines of your invoices"),
            "account.payment": self.env._("Your payments"),
            "mail.message": self.env._("Messages and notes"),
            "ir.attachment": self.env._("Documents"),
            "mail.tracking.value": self.env._("Changes noted"),
        }

    @staticmethod
    def _anchor(model):
        return model.replace(".", "-")
