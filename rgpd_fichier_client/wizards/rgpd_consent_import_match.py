import json
from dataclasses import dataclass, replace
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..core.consent import consent_file
from ..core.consent.minor import PARENT
from ..core.datamap import normalise
from ..models.datamap.digits_index import DIGITS, get_digits_sql

BATCH = 5000
FRANCE = ZoneInfo("Europe/Paris")


@dataclass
class Checked:
    """A row of the file whose person and act are known."""

    number: int
    res_id: int
    act: object
    proof: str
    proof_name: str


class RgpdConsentImport(models.TransientModel):
    """Whom each row is about and which act it is, or what is wrong with it."""

    _inherit = "rgpd.consent.import"

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
        recorder = self.env["rgpd.consent.recorder"]
        guardian = recorder._read_guardian(row.values.get("guardian"))
        act = replace(
            template,
            moment=moment,
            actor=PARENT if guardian else template.actor,
            guardian=guardian,
            text=row.values.get("text") or None,
            request_key=f"import:{source}:{row.number}",
        )
        act.expires_on = recorder._get_end(act)
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
                SELECT id, %(last)s AS last
                  FROM res_partner WHERE phone IS NOT NULL)
                SELECT id, last FROM ends WHERE last = ANY(%(ends)s)
                """,
                last=get_digits_sql(SQL.identifier("phone")),
                ends=list(ends),
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
