from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, split_every

from ...core.consent.evidence import event_digest
from ...core.consent.fold import PROSPECTING, fold
from ...core.consent.minor import PARENT, is_void
from .rgpd_consent_event import CREATE_SENTINEL

BATCH = 1000


class RgpdConsentRecorder(models.AbstractModel):
    """Many acts at once, those of a file: the same checks, set-based."""

    _inherit = "rgpd.consent.recorder"

    @api.model
    def _check_many(self, records, acts, company):
        """Return ``{position: code}`` of the acts that cannot be recorded.

        A file never ends an objection: only the person does (art. 21.3 GDPR). A
        consent older than the objection is history and harms nobody.

        :param records: empty recordset of the anchor model
        :param acts: ``{position: row}``, see :meth:`_record_many`
        """
        errors, by_record = {}, defaultdict(dict)
        for position, row in acts.items():
            by_record[row.res_id][position] = row
        for ids in split_every(BATCH, list(by_record)):
            batch = records.browse(ids)
            rows = {n: row for res_id in ids for n, row in by_record[res_id].items()}
            errors |= self._check_batch(batch, rows, company)
            batch.invalidate_recordset(flush=False)
        return errors

    @api.model
    def _check_batch(self, records, rows, company):
        errors = {}
        blocked = self.env["rgpd.contact.gate"]._get_blocked(records)
        addresses = self.env["rgpd.contact.address"]._get(records)
        partners = self.env["rgpd.contact.gate"]._get_partners(records)
        minors = self.env["rgpd.contact.minor"]._get(records, partners, addresses)
        acts = self._get_known_acts(records, company)
        today = self.env["rgpd.consent.event"]._get_today()
        listed = {}
        for position, row in rows.items():
            act = row.act
            if act.decision != "given":
                continue
            code = blocked.get(row.res_id)
            if code:
                errors[position] = code
            elif not addresses[row.res_id].has(act.channel):
                errors[position] = "no_address"
            elif is_void(minors.get(row.res_id), act.moment.date(), act.actor):
                errors[position] = "person_minor"
            elif act.purpose.code in PROSPECTING:
                if act.channel not in listed:
                    listed[act.channel] = self.env["rgpd.suppression"]._match(
                        addresses, act.channel, company
                    )
                known = acts.get(row.res_id, ())
                choice = fold(known, act.purpose.code, act.channel, today)
                is_objector = (
                    choice.status == "objected" and act.moment >= choice.moment
                )
                is_stranger = row.res_id in listed[act.channel] and not known
                if is_objector or is_stranger:
                    errors[position] = "objected"
        return errors

    @api.model
    def _get_known_acts(self, records, company):
        """Return ``{res_id: [Act]}``."""
        # sudo: rgpd.subject, rgpd.consent - only to refuse
        subjects = self.env["rgpd.subject"].sudo()._of(records, create=False)
        acts = self.env["rgpd.consent"].sudo()._get_acts(subjects, company)
        return {s.res_id: acts[s.id] for s in subjects if s.id in acts}

    @api.model
    def _record_many(self, records, rows, company):
        """Record the acts of a file; whoever calls has checked them.

        Art. 7.1 GDPR: one event per row with its date, its words and its proof. What
        was recorded already (same key) is left out.

        :param records: empty recordset of the anchor model
        :param rows: list of objects with ``res_id``, ``act`` and ``proof`` (text)
        :return: number of events added
        """
        known = self._get_known_keys([row.act.request_key for row in rows])
        rows = [row for row in rows if row.act.request_key not in known]
        for row in rows:
            self._hold(row.act)
        for batch in split_every(BATCH, rows):
            self._record_batch(records, list(batch), company)
        return len(rows)

    @api.model
    def _get_known_keys(self, keys):
        return {
            key
            for (key,) in self.env.execute_query(
                SQL(
                    "SELECT request_key FROM rgpd_consent_event"
                    " WHERE request_key = ANY(%s)",
                    [key for key in keys if key],
                )
            )
        }

    @api.model
    def _record_batch(self, records, rows, company):
        anchors = records.browse({row.res_id for row in rows})
        # sudo: rgpd.subject, rgpd.consent.event - as for a single act
        subjects = self.env["rgpd.subject"].sudo()._of(anchors).sudo()
        by_record = {subject.res_id: subject for subject in subjects}
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_subject SET id = id WHERE id = ANY(%s)", list(subjects.ids)
            )
        )
        Event = self.env["rgpd.consent.event"].sudo()
        Proof = self.env["rgpd.consent.proof"].sudo()
        vals_list, proofs = [], []
        for row in rows:
            vals = self._prepare_event_vals(by_record[row.res_id], row.act)
            proof = {"name": row.proof_name, "text": row.proof}
            proofs.append(self._prepare_proof(row.act, proof))
            vals["proof_commitment"] = Proof._commit(proofs[-1])
            vals["digest"] = event_digest(Event._get_digest_values(vals))
            vals_list.append(vals)
        events = Event.with_context(rgpd_create_sentinel=CREATE_SENTINEL).create(
            vals_list
        )
        Proof.create(
            [
                {**proof, "event_id": event.id}
                for event, proof in zip(events, proofs, strict=True)
            ]
        )
        self.env["rgpd.consent"].sudo()._refresh(subjects, company)
        children = [
            by_record[row.res_id].id
            for row in rows
            if row.act.actor == PARENT and row.act.decision in ("given", "pending")
        ]
        subjects.browse(children)._note_child()
        self._apply_many(anchors, rows, company)
        self._journal_many(events, rows, company)
        self.env["rgpd.consent.confirmation"]._ask(events)
        events.invalidate_recordset(flush=False)

    @api.model
    def _apply_many(self, anchors, rows, company):
        """List those who objected."""
        scopes = defaultdict(set)
        for row in rows:
            if row.act.decision == "objected":
                scopes[row.act.channel, row.act.purpose.code or None].add(row.res_id)
        if not scopes:
            return
        addresses = self.env["rgpd.contact.address"]._get(anchors)
        for (channel, code), ids in scopes.items():
            found = {i: addresses[i] for i in ids if i in addresses}
            self.env["rgpd.suppression"]._add(found, channel, company, code)

    @api.model
    def _journal_many(self, events, rows, company):
        items = defaultdict(list)
        for event, row in zip(events, rows, strict=True):
            items[event.decision].append(
                (
                    event.subject_uid,
                    {
                        "event": event.uid,
                        "digest": event.digest,
                        "purpose": row.act.purpose.code or "",
                        "channel": event.channel,
                    },
                )
            )
        for decision, entries in items.items():
            # sudo: rgpd.journal - as for a single act
            self.env["rgpd.journal"].sudo()._record_many(
                f"consent.{decision}", entries, company
            )
