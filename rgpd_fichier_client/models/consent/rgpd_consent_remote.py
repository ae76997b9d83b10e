import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

LONGEST_KEY = 200
# The others of ``DECISIONS`` are for the machine to tell
REMOTE_DECISIONS = ("given", "refused", "withdrawn", "objected")
PROOF_NAMES = ("name", "content", "text", "note")


class RgpdConsent(models.Model):
    """What other software reports: a choice in an app, at a till, on another site."""

    _inherit = "rgpd.consent"

    @api.model
    def record_choice(
        self,
        res_model,
        res_id,
        purpose_code,
        channel,
        decision,
        *,
        moment=None,
        version_id=None,
        request_key=None,
        proof=None,
        company_id=None,
    ):
        """Record a choice that a person made in other software (Art. 7.1 GDPR).

        By JSON-2 with an API key: ``POST /json/2/rgpd.consent/record_choice``. The key
        is that of an officer. Sent twice by one user with one ``request_key`` it counts
        once. A consent to e-mail waits for the person to confirm it, where the company
        wants that, and where they had objected unless a proof comes along (Art. 21.3);
        on other channels no consent ends an objection without proof.

        :param str res_model: model of the record that stands for the person
        :param int res_id: its number
        :param str purpose_code: of the register; None for every purpose (objection)
        :param str channel: as for ``_record``
        :param str decision: given, refused, withdrawn or objected
        :param moment: UTC, ``YYYY-MM-DD HH:MM:SS``; now by default
        :param int version_id: version of the notice the other software showed
        :param int company_id: by default that of the record, else of the user
        :param dict proof: ``{"name", "content" (base64) or "text", "note"}``
        :return: ``{"event": number, "decision": …, "moment": …}``; the decision is
            ``pending`` while a confirmation is awaited
        :raise AccessError: the key is not an officer's, or the record not readable
        :raise UserError: in plain words when the choice cannot be recorded
        """
        record = self._get_remote_person(res_model, res_id)
        self._check_remote_decision(decision)
        company = self._get_remote_company(company_id, record)
        key = self._get_remote_key(request_key, company)
        when = self._read_moment(moment)
        scope = (purpose_code or None, channel, decision)
        event = self._get_known_choice(record, *scope, company, key)
        event = event or self._record_remote(
            record, scope, company, when, version_id, proof, key
        )
        return self._tell_remote_choice(event)

    @api.model
    def _check_remote_decision(self, decision):
        if decision not in REMOTE_DECISIONS:
            raise UserError(
                self.env._(
                    "The decision is one of these: %(decisions)s.",
                    decisions=", ".join(REMOTE_DECISIONS),
                )
            )

    @api.model
    def _record_remote(self, record, scope, company, when, version_id, proof, key):
        """Record a choice that no call told before.

        :param scope: purpose code, channel and decision
        """
        return self._record(
            record,
            *scope,
            version=self._get_remote_version(
                version_id, *scope[:2], company, when or fields.Datetime.now()
            ),
            method="form",
            collection_point="api",
            proof=self._read_remote_proof(proof),
            company=company,
            moment=when,
            request_key=key,
            actor="self",
        )

    @api.model
    def _tell_remote_choice(self, event):
        event = event.sudo()  # sudo: rgpd.consent.event - the choice of this call
        return {
            "event": event.id,
            "decision": event.decision,
            "moment": fields.Datetime.to_string(event.moment),
        }

    @api.model
    def _get_remote_person(self, res_model, res_id):
        """Return the record of the person, readable by who calls."""
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise AccessError(self.env._("Only officers may record a choice."))
        if res_model not in self.env["rgpd.data.map"]._get_anchor_models():
            raise UserError(self.env._("This record stands for nobody."))
        record = self.env[res_model].browse(res_id).exists()
        if not record:
            raise UserError(self.env._("This record has been deleted."))
        record.check_access("read")
        return record

    @api.model
    def _get_remote_version(self, version_id, purpose_code, channel, company, moment):
        """Return the words the person saw, those of this choice and of that day."""
        version = self.env["rgpd.notice.version"].browse(version_id or []).exists()
        if not version:
            if version_id:
                raise UserError(
                    self.env._("This version of the notice does not exist.")
                )
            return version
        version.check_access("read")
        # sudo: rgpd.purpose - its code is compared only
        code = version.sudo().purpose_id.code
        is_of_choice = (
            version.company_id <= company
            and (not purpose_code or code == purpose_code)
            and (channel == "all" or version.channel in (False, channel))
        )
        # A moment has no fractions of a second
        if not is_of_choice or version.create_date.replace(microsecond=0) > moment:
            raise UserError(
                self.env._(
                    "This version of the notice is not what the person saw: it is of "
                    "another company, purpose or channel, or more recent."
                )
            )
        return version

    @api.model
    def _get_remote_company(self, company_id, record):
        """Return the company a choice is told to: that of the record if it has one."""
        own = "company_id" in record._fields and record.company_id
        company = self.env["res.company"].browse(company_id) if company_id else own
        company = company or self.env.company
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is not one of yours."))
        if own and own != company:
            raise UserError(self.env._("This record is of another company."))
        return company

    @api.model
    def _get_remote_key(self, request_key, company):
        """Return the key as it is kept: of one caller, away from those made here."""
        if not request_key:
            return None
        if not isinstance(request_key, str) or len(request_key) > LONGEST_KEY:
            raise UserError(
                self.env._(
                    "A request_key is a text of at most %(count)s characters.",
                    count=LONGEST_KEY,
                )
            )
        return f"api:{company.id}:{self.env.uid}:{request_key}"

    @api.model
    def _get_known_choice(self, record, purpose_code, channel, decision, company, key):
        """Return the choice recorded with this key before, if any.

        :raise UserError: the key was that of another choice, which would be lost
        """
        recorder = self.env["rgpd.consent.recorder"]
        event = recorder._get_recorded(key)
        if not event:
            return event
        known = event.sudo()  # sudo: rgpd.consent.event - compared only
        subject, _record = recorder._resolve(record)
        decisions = ("given", "pending") if decision == "given" else (decision,)
        if (
            known.decision not in decisions
            or known.channel != channel
            or (known.purpose_code or None) != purpose_code
            or known.company_id != company
            or not known.subject_id
            or known.subject_id._get_survivor() != subject
        ):
            raise UserError(
                self.env._("This request_key has served for another choice.")
            )
        return event

    @api.model
    def _read_remote_proof(self, proof):
        """Return what may be kept of a proof that other software hands over."""
        if not proof:
            return None
        kept = {
            name: proof[name]
            for name in PROOF_NAMES
            if isinstance(proof, dict) and isinstance(proof.get(name), str)
        }
        try:
            has_file = bool(base64.b64decode(kept.get("content", ""), validate=True))
        except ValueError:
            has_file = False
        if not has_file:
            kept.pop("content", None)
        if not (has_file or kept.get("text", "").strip()):
            raise UserError(
                self.env._("A proof is a file in base64 (content) or a text (text).")
            )
        return kept

    @api.model
    def _read_moment(self, moment):
        try:
            return fields.Datetime.to_datetime(moment) or None
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Write the moment as 2026-11-30 14:05:00, in UTC.")
            ) from error
