import base64
import csv
import hashlib
import io
from dataclasses import replace
from datetime import timezone

import openpyxl

from odoo import api, models
from odoo.exceptions import UserError

from ..core.consent import consent_file


class RgpdConsentImport(models.TransientModel):
    """Where the rows of an import come from: a file, or tables of other add-ons."""

    _inherit = "rgpd.consent.import"

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
