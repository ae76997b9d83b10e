from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.datamap import matching, normalise
from .rgpd_words import get_words_sql

# Shown at most; further ones are told, so that the officer types more
MOST_CANDIDATES = 20
# Read at most per model before the rights are looked at
MOST_READ = 200
MOST_ANCHORS = 20
MOST_SHOWN = 5


class RgpdPersonLookup(models.AbstractModel):
    """Look somebody up and show everything the database holds about them.

    What an officer needs before answering a request (Art. 15): who is meant, how sure
    it is, and where their data are. Candidates are read from the anchor records the
    officer may read; each lookup leaves an entry without personal data in the journal.
    """

    _name = "rgpd.person.lookup"
    _description = "Lookup of a Person"

    # === ENTRY POINTS OF THE SCREEN === #

    @api.model
    def lookup(self, text):
        """Return who may be meant by a typed line, the most likely first.

        :param str text: name, e-mail, phone, VAT number, IBAN, customer or order number
        :return: ``{"candidates": [...], "has_more": bool}``; a candidate has the model,
            id and name of its record, the score out of 100 and the evidence in words
        :raise AccessError: for anyone but officers
        """
        self._check_officer()
        country = self.env.company.country_id.code or "FR"
        wanted = matching.read(text, country)
        candidates = []
        if not wanted.is_empty:
            self.env.flush_all()
            for model, ids in self._get_candidate_ids(wanted).items():
                candidates += self._score(model, sorted(ids), wanted)
        candidates.sort(key=lambda found: (-found["score"], found["name"]))
        self.env["rgpd.journal"]._record(
            "person.lookup", None, {"candidates": len(candidates)}
        )
        return {
            "candidates": candidates[:MOST_CANDIDATES],
            "has_more": len(candidates) > MOST_CANDIDATES,
        }

    @api.model
    def show(self, anchors):
        """Return everything held about the person that some records stand for.

        :param list anchors: ``[[model, id]]``, confirmed to be the same human
        :return: ``{"groups": [...], "total": int}``, a group per model with the paths
            that led there and the first records the user may open
        :raise AccessError: for anyone but officers, or on a record they may not read
        :raise UserError: too many records, or none that exists
        """
        persons = self._get_persons(anchors)
        found = self._find(persons)
        groups = [self._get_group(model, paths) for model, paths in found.items()]
        groups = [group for group in groups if group["count"]]
        groups.sort(key=lambda group: (not group["is_anchor"], -group["count"]))
        for records in persons:
            self.env["rgpd.journal"]._record_many(
                "person.shown",
                [(record, {"models": len(groups)}) for record in records],
            )
        return {"groups": groups, "total": sum(group["count"] for group in groups)}

    @api.model
    def get_records_action(self, anchors, model):
        """Return the action that opens the records of one model.

        :raise AccessError: as for ``show``
        :raise UserError: as for ``show``, or when nothing is left in this model
        """
        rows = self._find(self._get_persons(anchors)).get(model)
        if not rows:
            raise UserError(self.env._("Nothing is left of this person."))
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self._get_label(model),
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", self._get_visible(model, rows, True).ids)],
            "context": {"active_test": False, "create": False},
        }

    # === RIGHTS === #

    @api.model
    def _check_officer(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise AccessError(
                self.env._("Only officers look persons up in the customer file.")
            )

    @api.model
    def _get_persons(self, anchors):
        """Return the recordsets of the anchors, after a check of the rights."""
        self._check_officer()
        ids = defaultdict(list)
        known = self.env["rgpd.data.map"]._get_anchor_models()
        for model, res_id in anchors[: MOST_ANCHORS + 1]:
            if model not in known or model not in self.env:
                raise AccessError(self.env._("This record stands for nobody."))
            ids[model].append(int(res_id))
        if len(anchors) > MOST_ANCHORS:
            raise UserError(
                self.env._("Choose %(count)s records at most.", count=MOST_ANCHORS)
            )
        persons = [
            self.env[model].browse(found).exists() for model, found in ids.items()
        ]
        persons = [records for records in persons if records]
        if not persons:
            raise UserError(self.env._("Nothing is left of this person."))
        for records in persons:
            records.check_access("read")
        return persons

    # === CANDIDATES === #

    @api.model
    def _get_candidate_ids(self, wanted):
        """Return ``{model: {ids}}`` of the anchors worth scoring."""
        finder = self.env["rgpd.person.finder"]
        values = {"email": self._get_email_values(wanted), "phone": list(wanted.phones)}
        result = defaultdict(set, finder._match(values))
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            if model in self.env:
                result[model] |= self._match_references(model, wanted)
                if wanted.words and not wanted.emails:
                    result[model] |= self._match_words(model, wanted)
        result["res.partner"] |= self._match_accounts(wanted)
        result["res.partner"] |= self._match_documents(wanted)
        return {model: ids for model, ids in result.items() if ids}

    @api.model
    def _get_email_values(self, wanted):
        """The address as typed, and without its tag: it may be in the file so."""
        bases = map(normalise.email_base, wanted.emails)
        return list(dict.fromkeys([*wanted.emails, *bases]))

    @api.model
    def _match_words(self, model, wanted):
        names = self._get_name_columns(model)
        if not names:
            return set()
        # A town that was typed is in no name: the first words alone then decide
        for words in (wanted.words, wanted.words[:2]):
            ids = self._query_words(model, names, words)
            if ids or len(wanted.words) <= 2:
                return ids
        return set()

    @api.model
    def _query_words(self, model, names, words):
        table = self.env[model]._table
        query = " & ".join(f"{word}:*" for word in words)
        return self._query_ids(
            SQL(
                "SELECT id FROM %s WHERE %s @@ to_tsquery('simple', %s) LIMIT %s",
                SQL.identifier(table),
                get_words_sql(names),
                query,
                MOST_READ,
            )
        )

    @api.model
    def _get_name_columns(self, model):
        """Return the columns with the name of the person; hook for glue add-ons."""
        return ("name",) if model == "res.partner" else ()

    @api.model
    def _match_references(self, model, wanted):
        records = self.env[model]
        names = [
            name for name in self._get_reference_names() if name in records._fields
        ]
        ids = set()
        for name in names:
            field = records._fields[name]
            values = [wanted.text, wanted.code] if wanted.code else [wanted.text]
            if field.store and not field.company_dependent and wanted.text:
                ids |= self._query_ids(
                    SQL(
                        "SELECT id FROM %s WHERE %s = ANY(%s) LIMIT %s",
                        SQL.identifier(records._table),
                        SQL.identifier(name),
                        values,
                        MOST_READ,
                    )
                )
        return ids

    @api.model
    def _get_reference_names(self):
        """Return the fields that name a record by a number; hook."""
        return ("vat", "ref", "company_registry")

    @api.model
    def _match_accounts(self, wanted):
        if not wanted.code:
            return set()
        return self._query_ids(
            SQL(
                "SELECT partner_id FROM res_partner_bank"
                " WHERE sanitized_acc_number = %s LIMIT %s",
                wanted.code,
                MOST_READ,
            )
        )

    @api.model
    def _match_documents(self, wanted):
        """Return the contacts of the order or invoice with this number."""
        if not any(char.isdigit() for char in wanted.text) or wanted.emails:
            return set()
        partners = set()
        for model in self._get_document_models():
            records = self.env.get(model)
            if records is not None and records.has_access("read"):
                found = records.search([("name", "=", wanted.text)], limit=MOST_ANCHORS)
                partners.update(found.partner_id.ids)
        return partners

    @api.model
    def _get_document_models(self):
        """Return the models whose number a customer may quote; hook."""
        return ("sale.order", "account.move", "stock.picking", "pos.order")

    @api.model
    def _query_ids(self, query):
        return {row[0] for row in self.env.execute_query(query)}

    @api.model
    def _score(self, model, ids, wanted):
        """Return the candidates of one model that the user may read."""
        records = (
            self.env[model].with_context(active_test=False).browse(ids[:MOST_READ])
        )
        readable = records.exists()._filtered_access("read")
        identifiers = self.env["rgpd.person.finder"]._get_identifiers(readable)
        documents = self._match_documents(wanted) if model == "res.partner" else ()
        label = self._get_label(model)
        candidates = []
        for record in readable:
            references = [
                record[name]
                for name in self._get_reference_names()
                if name in record._fields and record[name]
            ]
            if record.id in documents:
                references.append(wanted.text)
            points, evidence = matching.score(
                wanted, identifiers.get(record.id, ()), references
            )
            if points:
                candidates.append(
                    {
                        "model": model,
                        "id": record.id,
                        "name": record.display_name,
                        "model_label": label,
                        "detail": self._get_detail(record),
                        "is_archived": "active" in record._fields and not record.active,
                        "score": points,
                        "is_sure": points >= matching.SURE,
                        "evidence": [self._get_evidence_labels()[e] for e in evidence],
                    }
                )
        return candidates

    @api.model
    def _get_detail(self, record):
        """Return a line that tells namesakes apart."""
        names = ("email", "email_from", "phone", "city")
        values = [record[n] for n in names if n in record._fields and record[n]]
        # A lead is known by its subject
        human = self.env["rgpd.person.finder"]._get_person_name(record)
        if human and human not in record.display_name:
            values.insert(0, human)
        return " · ".join(dict.fromkeys(values))

    @api.model
    def _get_evidence_labels(self):
        return {
            "email": self.env._("Same e-mail address"),
            "email_alias": self.env._("Same mailbox, another tag after the plus sign"),
            "phone": self.env._("Same phone number"),
            "phone_national": self.env._("Same phone number, of another country"),
            "code": self.env._("Same VAT number or bank account"),
            "reference": self.env._("Same customer, business or document number"),
            "login": self.env._("Same login"),
            "name_address": self.env._("Same name and same address"),
            "name": self.env._("Same name: others may share it"),
            "name_part": self.env._("Part of the name"),
            "name_start": self.env._("The name starts like this"),
        }

    # === EVERYTHING ABOUT THE PERSON === #

    @api.model
    def _find(self, persons):
        """Return ``{model: {id: [paths]}}`` of all the records together."""
        found = defaultdict(dict)
        for records in persons:
            for model, rows in (
                self.env["rgpd.person.finder"]._find_own(records).items()
            ):
                for res_id, paths in rows.items():
                    known = found[model].setdefault(res_id, [])
                    known += [path for path in paths if path not in known]
        return {model: rows for model, rows in found.items() if rows}

    @api.model
    def _get_group(self, model, rows):
        can_open = self.env[model].has_access("read")
        visible = self._get_visible(model, rows, can_open)
        by_path = defaultdict(int)
        for res_id in visible.ids:
            for path in rows[res_id]:
                by_path[path] += 1
        links = {link.key: link for link in self.env["rgpd.data.map"]._get_links(model)}
        return {
            "model": model,
            "label": self._get_label(model),
            "count": len(visible),
            "is_anchor": any("anchor:id" in paths for paths in rows.values()),
            "can_open": can_open,
            "paths": [
                self._get_path(model, links.get(key), key, number)
                for key, number in sorted(by_path.items(), key=lambda item: -item[1])
            ],
            "records": [
                {"id": record.id, "name": self._get_name(record)}
                for record in (visible[:MOST_SHOWN] if can_open else ())
            ],
        }

    @api.model
    def _get_visible(self, model, rows, can_open):
        """Return the records to count: those of other companies are not even told.

        What the user has no screen for is counted all the same: the person may ask
        for it, and the copy of the data has it.
        """
        # sudo: only counted, and within the companies of the user
        records = self.env[model].sudo(not can_open).with_context(active_test=False)
        domain = Domain("id", "in", list(rows))
        company = records._fields.get("company_id")
        if not can_open and company and company.type == "many2one":
            domain &= Domain("company_id", "in", [False, *self.env.companies.ids])
        return records.search(domain)

    @api.model
    def _get_path(self, model, link, key, number):
        """Say how the records were reached, in words."""
        kind, _colon, path = key.partition(":")
        target = link.target if link else "*"
        owner = self.env[model]
        name = path.lstrip("<")
        field = owner._fields.get(name)
        label = field._description_string(self.env) if field else ""
        return {
            "key": key,
            "kind": kind,
            "count": number,
            "label": self._get_kind_labels().get(kind, kind),
            # Technical columns of a polymorphic link tell a reader nothing
            "field": "" if kind in ("anchor", "polymorphic") else (label or path),
            "from": "" if target in ("*", model) else self._get_label(target),
            "from_model": "" if target == "*" else target,
            "is_third_party": bool(link and link.role == "third_party"),
        }

    @api.model
    def _get_kind_labels(self):
        kinds = self.env["rgpd.data.link"]._fields["kind"]
        return dict(kinds._description_selection(self.env))

    @api.model
    def _get_label(self, model):
        return self.env["rgpd.data.map"]._get_model_label(model)
