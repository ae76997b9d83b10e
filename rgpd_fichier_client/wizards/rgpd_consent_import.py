import base64
import csv
import hashlib
import io
import json
from dataclasses import dataclass, replace
from datetime import timezone
from zoneinfo import ZoneInfo

import openpyxl

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..core.consent import consent_file
from ..core.datamap import normalise

SHOWN = 20
SHOWN_ERRORS = 200
BATCH = 5000
# What a country prefix does not change in a number.
DIGITS = 9
FRANCE = ZoneInfo("Europe/Paris")
# A cell that begins so is a formula for a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Checked:
    """A row of the file whose person and act are known."""

    number: int
    res_id: int
    act: object
    proof: str
    proof_name: str


class RgpdConsentImport(models.TransientModel):
    """Consents kept elsewhere, brought in with their date, source and proof.

    All or nothing: a file with one wrong row records nothing, and says which. What a
    file brings can restrict anybody, but it ends no objection (art. 21.3 GDPR).
    """

    _name = "rgpd.consent.import"
    _description = "Import of Consents"

    kind = fields.Selection(
        [
            ("file", "A file (CSV or Excel)"),
            ("oca", "OCA module privacy_consent"),
            ("blacklist", "Odoo's blacklists of e-mails and phones"),
        ],
        required=True,
        default="file",
        string="From",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        help="What the consents of the former module were about; it did not say the "
        "channel either.",
    )
    channel = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS"), ("phone", "Phone"), ("post", "Post")],
        default="email",
    )
    content = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("draft", "To check"), ("checked", "Checked"), ("done", "Imported")],
        default="draft",
        required=True,
        readonly=True,
    )
    fingerprint = fields.Char(readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    error_count = fields.Integer(string="Errors", readonly=True)
    added_count = fields.Integer(string="Recorded", readonly=True)
    line_ids = fields.One2many("rgpd.consent.import.line", "import_id", readonly=True)
    report = fields.Binary(
        string="List of errors", attachment=False, readonly=True, help="CSV file"
    )
    report_name = fields.Char(default="errors.csv", readonly=True)

    # === ACTIONS === #

    def action_check(self):
        """Read everything, show the first rows and every error; records nothing."""
        self.ensure_one()
        self._check_rights()
        rows, errors = self._read()
        self._show(rows, errors)
        return self._reopen()

    def action_import(self):
        """Record every row, or none; the file must be the one that was checked."""
        self.ensure_one()
        self._check_rights()
        if self.state != "checked" or self.fingerprint != self._get_fingerprint():
            raise UserError(self.env._("Check the file first: it has changed."))
        rows, errors = self._read()
        if errors:
            self._show(rows, errors)
            return self._reopen()
        recorder = self.env["rgpd.consent.recorder"]
        self.added_count = recorder._record_many(
            self.env["res.partner"], rows, self.company_id
        )
        self.state = "done"
        self.line_ids.unlink()
        self.env["rgpd.journal"].sudo()._record(  # sudo: as for a single act
            "consent.imported",
            None,
            {
                "kind": self.kind,
                "file": self.fingerprint,
                "rows": len(rows),
                "added": self.added_count,
            },
            company=self.company_id,
        )
        return self._reopen()

    def action_template(self):
        """Download an empty file with the columns."""
        return {
            "type": "ir.actions.act_url",
            "url": "/rgpd_fichier_client/static/import/consents.csv",
            "target": "new",
        }

    # === READING === #

    def _read(self):
        """Return ``([Checked], {number: [sentence]})`` of what is to import."""
        if self.kind == "file":
            rows = self._read_file()
        else:
            rows = getattr(self, f"_read_{self.kind}")()
        return self._match(rows)

    def _read_file(self):
        """Return the rows of the file, those with errors included."""
        lines = self._get_lines()
        header, missing = consent_file.read_header(next(lines, ()))
        if missing:
            raise UserError(
                self.env._(
                    "These columns are missing: %(columns)s. The first line holds the "
                    "names of the columns.",
                    columns=", ".join(missing),
                )
            )
        rows = [
            row
            for number, cells in enumerate(lines, start=2)
            if (row := consent_file.read_row(number, header, cells))
        ]
        if not rows:
            raise UserError(self.env._("The file holds no row."))
        return rows

    def _get_lines(self):
        """Yield the lines of a CSV or Excel file as lists of cells."""
        if not self.content:
            raise UserError(self.env._("Choose a file first."))
        content = base64.b64decode(self.content)
        if content[:2] == b"PK":
            yield from self._get_excel_lines(content)
            return
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
        first = text.split("\n", 1)[0]
        delimiter = max(";,\t", key=first.count)
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)

    def _get_excel_lines(self, content):
        try:
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True
            )
        except Exception as error:
            raise UserError(
                self.env._("This file cannot be read as an Excel file.")
            ) from error
        yield from book.worksheets[0].iter_rows(values_only=True)

    def _get_fingerprint(self):
        content = base64.b64decode(self.content or b"") or self.kind.encode()
        return hashlib.sha256(content).hexdigest()

    # === OTHER SOURCES === #

    @api.model
    def _has_table(self, *names):
        self.env.cr.execute("SELECT to_regclass(t) FROM unnest(%s) t", [list(names)])
        return all(name for (name,) in self.env.cr.fetchall())

    def _read_oca(self):
        """Return the answers kept by OCA ``privacy_consent``, be it removed or not.

        It kept one answer per person without the words shown: a consent is flagged as
        to renew, a refusal counts at once. An unanswered or ready-made acceptance is
        no consent and is left out (art. 4.11 GDPR).
        """
        if not self._has_table("privacy_consent", "privacy_activity"):
            raise UserError(
                self.env._("There is no table of privacy_consent in this database.")
            )
        if not self.purpose_id or not self.channel:
            raise UserError(
                self.env._("Say which purpose and channel these answers are about.")
            )
        self.env.cr.execute(
            """
            SELECT c.id, c.partner_id, c.accepted, c.write_date, c.last_metadata
              FROM privacy_consent c
             WHERE c.state = 'answered' AND c.partner_id IS NOT NULL
             ORDER BY c.id
            """
        )
        return [
            self._prepare_row(
                number,
                id=partner_id,
                purpose=self.purpose_id.code,
                channel=self.channel,
                decision="given" if accepted else "refused",
                moment=moment,
                source="privacy_consent",
                proof=proof or "privacy_consent",
            )
            for number, partner_id, accepted, moment, proof in self.env.cr.fetchall()
        ]

    def _read_blacklist(self):
        """Return the objections that Odoo's own blacklists hold."""
        rows = []
        for model, field, column, channels in (
            ("mail.blacklist", "email", "email", ("email",)),
            ("phone.blacklist", "number", "phone", ("sms", "phone")),
        ):
            if model not in self.env:
                continue
            # sudo: mail.blacklist, phone.blacklist - read by whoever imports consents
            for entry in self.env[model].sudo().search([("active", "=", True)]):
                rows += [
                    self._prepare_row(
                        len(rows) + n,
                        purpose="",
                        channel=channel,
                        decision="objected",
                        moment=entry.create_date,
                        source=model,
                        proof=f"{model} {entry.id}",
                        **{column: entry[field]},
                    )
                    for n, channel in enumerate(channels, start=1)
                ]
        return self._keep_known(rows)

    def _keep_known(self, rows):
        """Leave out the addresses of nobody; Odoo's own list still stops them."""
        matches = self._find_persons(rows)
        return [
            self._split_row(row, partner_id, rank)
            for row in rows
            for rank, partner_id in enumerate(sorted(matches[row.number]))
        ]

    def _split_row(self, row, partner_id, rank):
        """Return the row for one of the contacts that share the address."""
        number = row.number * 1000 + rank
        return replace(row, number=number, values=row.values | {"id": str(partner_id)})

    def _prepare_row(self, number, *, moment, **values):
        """Return a row that comes from a table, dates in universal time."""
        values = {name: str(value or "") for name, value in values.items()}
        return consent_file.Row(
            number,
            values,
            moment=moment.replace(tzinfo=timezone.utc, microsecond=0),
            has_time=True,
            decision=values["decision"],
            channel=values["channel"],
        )

    # === MATCHING === #

    def _match(self, rows):
        """Return ``([Checked], {number: [sentence]})``."""
        errors = {row.number: list(row.errors) for row in rows if row.errors}
        persons = self._find_persons(rows)
        prepared, templates, codes = {}, {}, self._get_codes()
        source = self._get_source_key()
        for row in rows:
            if row.number in errors:
                continue
            found = persons[row.number]
            if len(found) != 1:
                code = "person_several" if found else "person_unknown"
                errors[row.number] = [code]
                continue
            template = self._get_template(row, templates, codes)
            if isinstance(template, str):
                errors[row.number] = [template]
                continue
            moment = self._get_moment(row)
            if moment > fields.Datetime.now():
                errors[row.number] = ["future"]
                continue
            prepared[row.number] = self._prepare_checked(
                row, next(iter(found)), template, moment, source
            )
        refused = self.env["rgpd.consent.recorder"]._check_many(
            self.env["res.partner"], prepared, self.company_id
        )
        errors |= {number: [code] for number, code in refused.items()}
        labels = self._get_error_labels()
        gate = self.env["rgpd.contact.gate"]
        sentences = {
            number: [labels.get(code) or gate._get_sentence(code) for code in codes]
            for number, codes in sorted(errors.items())
        }
        return [row for n, row in prepared.items() if n not in errors], sentences

    def _prepare_checked(self, row, res_id, template, moment, source):
        act = replace(
            template,
            moment=moment,
            text=row.values.get("text") or None,
            request_key=f"import:{source}:{row.number}",
        )
        act.expires_on = self.env["rgpd.consent.recorder"]._get_end(act)
        return Checked(
            number=row.number,
            res_id=res_id,
            act=act,
            proof=json.dumps(row.values, ensure_ascii=False, sort_keys=True),
            proof_name=self.env._("Row %(number)s", number=row.number),
        )

    def _get_source_key(self):
        """Return what makes a row count once, however often it is imported."""
        if self.kind == "file":
            return self._get_fingerprint()[:32]
        return f"{self.kind}:{self.company_id.id}"

    def _get_template(self, row, templates, codes):
        """Return the checked act of a row, without date, or what is wrong with it.

        :param dict codes: purpose codes by word, read once for the file
        """
        code = codes.get(consent_file.normalise(row.values.get("purpose")))
        if code is None and row.values.get("purpose"):
            return "unknown_purpose"
        key = (code, row.channel, row.decision)
        if key not in templates:
            try:
                templates[key] = self.env["rgpd.consent.recorder"]._prepare_act(
                    purpose_code=code,
                    channel=row.channel,
                    decision=row.decision,
                    version=None,
                    method="file",
                    collection_point="import",
                    company=self.company_id,
                    moment=None,
                    request_key=None,
                    origin=None,
                    actor="staff",
                )
            except UserError as error:
                templates[key] = str(error)
        return templates[key]

    @api.model
    def _get_moment(self, row):
        """Return the UTC moment; without hour a no counts at the end of the day."""
        moment = row.moment
        if not moment.tzinfo:
            if not row.has_time and row.decision != "given":
                moment = moment.replace(hour=23, minute=59, second=59)
            moment = moment.replace(tzinfo=FRANCE)
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        now = fields.Datetime.now()
        is_today = moment.date() == now.date()
        if not row.has_time and is_today and row.decision != "given":
            return min(moment, now)
        return moment

    def _get_codes(self):
        """Return ``{word: purpose code}``: the code, or the name in any language."""
        codes = {"": None}
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(self.company_id)
        for lang, _name in self.env["res.lang"].get_installed():
            for purpose in purposes.with_context(lang=lang):
                codes[consent_file.normalise(purpose.name)] = purpose.code
        for purpose in purposes:
            codes[consent_file.normalise(purpose.code)] = purpose.code
        return codes

    def _find_persons(self, rows):
        """Return ``{number: {partner id}}``; the first identifier of a row decides."""
        wanted = {name: {} for name in consent_file.IDENTIFIERS}
        for row in rows:
            for name in consent_file.IDENTIFIERS:
                value = self._read_identifier(name, row.values.get(name))
                if value:
                    wanted[name].setdefault(value, []).append(row.number)
                    break
        found = {row.number: set() for row in rows}
        for name, numbers in wanted.items():
            for value, partner_id in self._search_persons(name, list(numbers)):
                for number in numbers.get(value, ()):
                    found[number].add(partner_id)
        return found

    @api.model
    def _read_identifier(self, name, text):
        if not text:
            return None
        if name == "id":
            return int(text) if text.isdecimal() else None
        if name == "email":
            return normalise.email(text) or None
        if name == "phone":
            return normalise.phone(text, "FR") or None
        return text

    @api.model
    def _search_persons(self, name, values):
        """Return ``[(value, partner id)]`` of the contacts the user may read."""
        if name == "phone":
            return self._search_phones(values)
        columns = {"id": "id", "ref": "ref", "email": "email_normalized"}
        column = columns[name]
        found = []
        for batch in split_every(BATCH, values):
            partners = self.env["res.partner"].search_fetch(
                [(column, "in", list(batch))], [column] if column != "id" else []
            )
            found += [(partner[column], partner.id) for partner in partners]
        return found

    @api.model
    def _search_phones(self, values):
        """As above; numbers are compared by their end, however they are written."""
        Partner = self.env["res.partner"]
        Partner.flush_model(["phone"])
        ends = {value[-DIGITS:]: value for value in values}
        rows = self.env.execute_query(
            SQL(
                """
                WITH ends AS MATERIALIZED (
                SELECT id, right(regexp_replace(phone, '[^0-9]', '', 'g'), %s) AS last
                  FROM res_partner WHERE phone IS NOT NULL)
                SELECT id, last FROM ends WHERE last = ANY(%s)
                """,
                DIGITS,
                list(ends),
            )
        )
        readable = set(Partner.search([("id", "in", [row[0] for row in rows])]).ids)
        return [(ends[last], res_id) for res_id, last in rows if res_id in readable]

    # === TEXTS === #

    @api.model
    def _get_error_labels(self):
        """Return the sentence of each error code."""
        names = {
            "purpose": self.env._("The purpose is missing."),
            "channel": self.env._("The channel is missing."),
            "decision": self.env._("The decision is missing."),
            "moment": self.env._("The date is missing."),
            "source": self.env._("Where it was collected is missing (source)."),
            "proof": self.env._("The proof is missing: a consent must be proved."),
            "person": self.env._("Nothing says who it is."),
        }
        return {
            **{f"missing_{name}": text for name, text in names.items()},
            "unknown_purpose": self.env._("This purpose is not in the register."),
            "unknown_channel": self.env._("This channel does not exist."),
            "unknown_decision": self.env._("The decision is not understood."),
            "unknown_moment": self.env._("The date is not understood."),
            "future": self.env._("A choice cannot be dated in the future."),
            "too_long": self.env._("A cell is too long."),
            "person_unknown": self.env._("No contact is this person."),
            "person_several": self.env._("Several contacts may be this person."),
            "no_address": self.env._("There is no valid address for this channel."),
            "objected": self.env._(
                "The person objected since. Only they can change their mind: record it "
                "on the contact with what they wrote."
            ),
        }

    # === SHOWING === #

    def _check_rights(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise UserError(self.env._("Only officers may import consents."))

    def _show(self, rows, errors):
        """Keep the first rows and the errors for the screen."""
        self.line_ids.unlink()
        lines = [
            {"number": number, "error": " ".join(texts)}
            for number, texts in list(errors.items())[:SHOWN_ERRORS]
        ]
        lines += [self._prepare_line(row) for row in rows[:SHOWN]]
        self.write(
            {
                "state": "draft" if errors else "checked",
                "fingerprint": self._get_fingerprint(),
                "row_count": len(rows) + len(errors),
                "error_count": len(errors),
                "report": self._make_report(errors) if errors else False,
                "line_ids": [fields.Command.create(line) for line in lines],
            }
        )

    def _prepare_line(self, row):
        return {
            "number": row.number,
            "partner_id": row.res_id,
            "purpose_id": row.act.purpose.id,
            "channel": row.act.channel,
            "decision": row.act.decision,
            "moment": row.act.moment,
            "is_to_renew": row.act.decision == "given" and not row.act.text,
        }

    @api.model
    def _make_report(self, errors):
        """Return the list of errors as CSV; no cell is a formula."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([self.env._("Row"), self.env._("Error")])
        for number, texts in errors.items():
            text = " ".join(texts)
            writer.writerow([number, f"'{text}" if text.startswith(FORMULA) else text])
        return base64.b64encode(stream.getvalue().encode("utf-8-sig"))

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import consents"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
