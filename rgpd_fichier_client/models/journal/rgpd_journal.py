import logging
import re
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...core.journal import canonical, chain, guard
from .sql_array import text_array

_logger = logging.getLogger(__name__)

KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
# The kind of the entry that says two persons became one: see `_move_subject`.
MERGED = "subject.merged"

GUARD = """
CREATE OR REPLACE FUNCTION rgpd_journal_guard() RETURNS trigger AS $body$
DECLARE
    link text[] := '{subject_uid,subject_salt}';
    seal text[] := '{seal_id,sequence,hash}';
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        -- The seal of an unsealed entry.
        IF OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL
            AND to_jsonb(NEW) - seal = to_jsonb(OLD) - seal
        THEN
            RETURN NEW;
        END IF;
        -- The link to the person: moved by a merge, cut by an erasure.
        IF OLD.subject_uid IS NOT NULL
            AND to_jsonb(NEW) - link = to_jsonb(OLD) - link
            AND (NEW.subject_uid IS NULL AND NEW.subject_salt IS NULL
                OR NEW.subject_uid IS NOT NULL
                AND NEW.subject_salt IS NOT DISTINCT FROM OLD.subject_salt)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN
        -- Whole sealed segments, behind a signed checkpoint.
        IF OLD.sequence <= (SELECT max(expired_until) FROM rgpd_journal_seal) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION USING
        MESSAGE = 'rgpd: ' || TG_OP || ' of ' || TG_TABLE_NAME
            || ' refused, evidence is only added to',
        ERRCODE = 'restrict_violation';
END
$body$ LANGUAGE plpgsql
"""


class RgpdJournal(models.Model):
    """The journal: who did what about whom, when; added to and never changed.

    An entry holds no personal data: the person is the random uid of the subject, the
    actor a number, the payload codes and counts (a guard refuses e-mails and phone
    numbers). Entries are appended without a hash, so that concurrent transactions do
    not wait for each other, and sealed in batches by a cron (`rgpd.journal.seal`).

    The hash covers a salted commitment to the person and not the link itself, which a
    merge moves and an erasure cuts while everything still verifies.
    """

    _name = "rgpd.journal"
    _description = "Journal entry"
    _inherit = "rgpd.evidence"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False
    _evidence_function = "rgpd_journal_guard"

    kind = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="What was done, as a dotted name: consent.given, request.answered…",
    )
    moment = fields.Datetime(
        "Date", required=True, readonly=True, index=True, help="Stored in UTC."
    )
    actor = fields.Integer(
        "Actor (number)",
        readonly=True,
        aggregator=None,
        help="Number of the user. It is no link: the user can be deleted.",
    )
    company = fields.Integer("Company (number)", readonly=True, aggregator=None)
    subject_uid = fields.Char(
        "Person",
        readonly=True,
        index="btree_not_null",
        help="Random identifier of the person concerned; empty once erased.",
    )
    subject_salt = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    subject = fields.Char(
        "Commitment to the person",
        readonly=True,
        help="Digest that proves, with the identifier, whom the entry is about.",
    )
    payload = fields.Json(readonly=True, help="Details, without personal data.")
    seal_id = fields.Many2one(
        "rgpd.journal.seal", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    sequence = fields.Integer("Place in the chain", readonly=True, aggregator=None)
    hash = fields.Char(readonly=True, help="SHA-256, covers the entry before.")

    _unsealed_idx = models.Index("(id) WHERE seal_id IS NULL")
    _sequence_idx = models.Index("(sequence) WHERE sequence IS NOT NULL")

    # What the screens show; nothing of it is evidence nor stored.
    actor_id = fields.Many2one(
        "res.users",
        compute="_compute_actor_id",
        search="_search_actor_id",
        help="The user, as long as they exist.",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", search="_search_company_id"
    )
    payload_text = fields.Text("Details", compute="_compute_payload_text")
    is_sealed = fields.Boolean("Sealed", compute="_compute_is_sealed")

    # === COMPUTE METHODS === #

    @api.depends("actor")
    def _compute_actor_id(self):
        existing = self._get_existing("res.users", "actor")
        for entry in self:
            entry.actor_id = existing.get(entry.actor, False)

    @api.depends("company")
    def _compute_company_id(self):
        existing = self._get_existing("res.company", "company")
        for entry in self:
            entry.company_id = existing.get(entry.company, False)

    def _get_existing(self, model_name, number):
        """Return `{id: record}` of the numbers of these entries that still exist."""
        records = self.env[model_name].browse({n for n in self.mapped(number) if n})
        # sudo: res.users, res.company - an auditor sees who acted, for any company
        return {record.id: record.sudo(False) for record in records.sudo().exists()}

    def _search_actor_id(self, operator, value):
        return self._search_number("actor", "res.users", operator, value)

    def _search_company_id(self, operator, value):
        return self._search_number("company", "res.company", operator, value)

    def _search_number(self, number, model_name, operator, value):
        if operator == "any":
            value = self.env[model_name].with_context(active_test=False)._search(value)
            return Domain(number, "in", list(value))
        if operator != "in":
            return NotImplemented
        return Domain(number, "in", [item or 0 for item in value])

    @api.depends("payload")
    def _compute_payload_text(self):
        for entry in self:
            payload = entry.payload
            entry.payload_text = (
                "\n".join(
                    f"{key}: {item if isinstance(item, str) else canonical.dump(item)}"
                    for key, item in payload.items()
                )
                if isinstance(payload, dict)
                else payload and canonical.dump(payload)
            )

    @api.depends("seal_id")
    def _compute_is_sealed(self):
        for entry in self:
            entry.is_sealed = bool(entry.seal_id)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the user and the company be grouped by: joined, as they may be gone."""
        column = {"actor_id": "actor", "company_id": "company"}.get(field_expr)
        if not column or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        table = self.env[self._fields[field_expr].comodel_name]._table
        # Not the alias that the field itself would take to sort by its labels
        joined = query.make_alias(alias, f"{field_expr}__existing")
        condition = SQL(
            "%s = %s", SQL.identifier(alias, column), SQL.identifier(joined, "id")
        )
        query.add_join("LEFT JOIN", joined, table, condition)
        return SQL.identifier(joined, "id")

    # === CRUD === #

    def _get_evidence_function(self):
        return SQL(GUARD)

    @api.model_create_multi
    @api.private
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse: entries are written by `_record`, by the act that they prove."""
        raise AccessError(self.env._("Journal entries are written by the system."))

    # === ACTIONS === #

    @api.model
    def action_verify(self, *_args):
        """Check the whole journal and show the result in plain words."""
        wizard = self.env["rgpd.journal.verify"].create({})
        return wizard.action_verify()

    # === ENTRY POINTS === #

    @api.model
    def _record(self, kind, record=None, payload=None, company=None):
        """Append one entry; it never needs a key nor waits for anybody.

        :param str kind: dotted lower-case name, such as `consent.given`
        :param record: what it is about: a record of an anchor model, a subject, the
            uid of a subject, or nothing
        :param payload: what JSON can say, without personal data
        :param company: the controller, by default the current company; False for none
        :return: the entry
        :raise PersonalDataError: an e-mail or a phone in the payload
        """
        return self._record_many(kind, [(record, payload)], company)

    @api.model
    def _record_many(self, kind, items, company=None):
        """Append one entry per `(record or uid, payload)`, in one statement."""
        if not KIND.fullmatch(kind):
            raise ValueError(f"not a kind of journal entry: {kind!r}")
        items = list(items)
        if not items:
            return self.browse()
        uids = self._get_subject_uids([record for record, _payload in items])
        salts = [uuid.uuid4().hex if uid else None for uid in uids]
        commitments = [
            canonical.commitment(uid, salt)
            for uid, salt in zip(uids, salts, strict=True)
        ]
        payloads = [self._prepare_payload(payload) for _record, payload in items]
        if company is None:
            company = self.env.company
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO rgpd_journal
                    (kind, moment, actor, company,
                     subject_uid, subject_salt, subject, payload)
                SELECT %s, %s, %s, %s, item.uid, item.salt, item.subject,
                       item.payload::jsonb
                FROM unnest(%s, %s, %s, %s)
                    WITH ORDINALITY AS item (uid, salt, subject, payload, rank)
                ORDER BY item.rank
                RETURNING id
                """,
                kind,
                fields.Datetime.now(),
                self.env.uid,
                (company if isinstance(company, int) else company.id) or 0,
                *map(text_array, (uids, salts, commitments, payloads)),
            )
        )
        return self.browse(sorted(row[0] for row in rows))

    @api.model
    def _verify(self):
        """Check the whole journal; return the first broken entry, or an empty record.

        The entry that follows a removed one is the broken one; when there is none
        left, the record of the removed entry, which does not exist.
        """
        fault = self._verify_report().fault
        return self.browse(fault.entry_id if fault else ())

    @api.model
    def _move_subject(self, old_uid, new_uid):
        """Attach the entries of a person to another, the same human (merge).

        An entry says so, else the verification would name a falsified link.
        """
        self._record(MERGED, new_uid, {"from": old_uid, "to": new_uid}, company=False)
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_journal SET subject_uid = %s WHERE subject_uid = %s",
                new_uid,
                old_uid,
            )
        )
        self.invalidate_model(["subject_uid"])

    @api.model
    def _cut_subjects(self, uids):
        """Cut for ever the link of entries to persons (end of an erasure).

        With the identifier goes the salt: nobody can tell whom the entry was about,
        and it still verifies.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_journal SET subject_uid = NULL, subject_salt = NULL"
                " WHERE subject_uid = ANY(%s)",
                list(uids),
            )
        )
        self.invalidate_model(["subject_uid", "subject_salt"])

    @api.model
    def _expire(self, before):
        """Delete whole sealed segments older than a moment, behind a checkpoint.

        Evidence has an end too (Art. 5.1.e). A signed seal says up to where entries
        went; only then do the triggers let them go. The seals stay, so that what
        follows still verifies. The caller decides of the moment and commits.

        :return: the number of entries deleted
        """
        seals = self.env["rgpd.journal.seal"]
        until = seals._get_last_before(before).last_sequence
        if until <= seals._get_last().expired_until:
            return 0
        self._record("journal.expired", None, {"until": until}, company=False)
        if not seals._seal(expired_until=until):
            return 0
        self.env.cr.execute(SQL("DELETE FROM rgpd_journal WHERE sequence <= %s", until))
        count = self.env.cr.rowcount
        self.invalidate_model()
        return count

    # === CRONS === #

    @api.model
    def _cron_seal(self):
        """Seal what was written since the last time, batch by batch."""
        seals = self.env["rgpd.journal.seal"]
        while True:
            try:
                seal = seals._seal()
            except UserError as error:
                # The entries wait unsealed; the daily mail and the verification say so.
                _logger.warning("The journal cannot be sealed: %s", error)
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                return
            remaining = self._count_unsealed() if seal else 0
            if not self.env["ir.cron"]._commit_progress(
                seal.count, remaining=remaining
            ):
                return
            if not seal:
                return

    @api.model
    def _cron_head(self):
        """Verify, and send the head of the chain out of this machine, to the DPO."""
        try:
            report, problem = self._verify_report(), False
        except UserError as error:
            report, problem = None, str(error)
        self.env["rgpd.journal.seal"]._send_head(report, problem)

    def _count_unsealed(self):
        # sudo: rgpd.journal - a number for the screens, of all companies
        return self.sudo().search_count([("seal_id", "=", False)])

    # === HOOKS === #

    @api.model
    def _get_subject_uid(self, record):
        """Return the uid of the subject of a record, or False; datamap knows."""
        return False

    @api.model
    def _get_subject_uids(self, records):
        """Return the uids of many records, in order; None where there is none."""
        return [
            (record if isinstance(record, str) else self._get_subject_uid(record))
            or None
            if record
            else None
            for record in records
        ]

    # === SEALING AND VERIFICATION === #

    def _prepare_payload(self, payload):
        guard.check_payload(payload)
        return canonical.dump(payload) if payload else None

    @api.model
    def _fetch_unsealed(self, limit):
        """Return the oldest unsealed entries, as the pure core wants them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM rgpd_journal WHERE seal_id IS NULL"
                " ORDER BY id LIMIT %s",
                self._get_chain_columns(),
                limit,
            )
        )
        return [chain.Entry(*row) for row in rows]

    def _get_chain_columns(self):
        return SQL(
            "id, kind, moment, COALESCE(actor, 0), COALESCE(company, 0),"
            " COALESCE(subject, ''), payload, subject_uid, subject_salt, seal_id,"
            " sequence, hash"
        )

    @api.model
    def _store_seal(self, seal_id, linked):
        """Give sealed entries their seal, place and hash, in one statement."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE rgpd_journal
                SET seal_id = %s, sequence = item.sequence, hash = item.hash
                FROM unnest(%s::int[], %s::int[], %s::text[])
                    AS item (id, sequence, hash)
                WHERE rgpd_journal.id = item.id
                """,
                seal_id,
                [entry.id for entry, _sequence, _hash in linked],
                [sequence for _entry, sequence, _hash in linked],
                [value for _entry, _sequence, value in linked],
            )
        )
        self.invalidate_model(["seal_id", "sequence", "hash"])

    @api.model
    def _verify_report(self):
        """Check the whole journal in one pass; return a `chain.Report`.

        :raise UserError: the key file is not usable, hence no signature can be checked
        """
        key_model = self.env["rgpd.key"]
        seal_model = self.env["rgpd.journal.seal"]
        publics = key_model._get_public_keys()

        def is_signed(seal):
            return key_model._is_signed(
                publics, seal_model._get_signed(seal), seal.signature, seal.key_id
            )

        return chain.verify(
            seal_model._stream(),
            self._stream(),
            is_signed,
            self._get_merges(),
            seal_model._get_last().expired_until,
        )

    @api.model
    def _stream(self):
        """Yield the sealed entries in the order of the chain."""
        yield from self._stream_query(
            SQL(
                "SELECT %s FROM rgpd_journal WHERE sequence IS NOT NULL"
                " ORDER BY sequence, id",
                self._get_chain_columns(),
            ),
            chain.Entry,
        )

    @api.model
    def _get_merges(self):
        """Return `{uid: [uids that were merged into it]}`, from the journal itself."""
        merges = {}
        for payload in self.env.execute_query(
            SQL("SELECT payload FROM rgpd_journal WHERE kind = %s", MERGED)
        ):
            merges.setdefault(payload[0]["to"], []).append(payload[0]["from"])
        return merges
