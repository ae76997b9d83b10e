import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...core.journal import chain
from ...core.journal.canonical import VERSION

_logger = logging.getLogger(__name__)

# Entries in one seal: what a worker holds in memory and in one statement.
BATCH = 10_000


class RgpdJournalSeal(models.Model):
    """A batch of journal entries, closed and signed.

    The seals make a chain of their own; each covers the one before it and the hash of
    its last entry. The last one (the head) leaves the machine every day by e-mail:
    with it, even the owner of the database cannot rewrite what precedes.
    """

    _name = "rgpd.journal.seal"
    _description = "Seal of the journal"
    _inherit = "rgpd.evidence"
    _order = "sequence desc"
    _rec_name = "sequence"
    _log_access = False

    sequence = fields.Integer("Seal", required=True, readonly=True, aggregator=None)
    moment = fields.Datetime("Sealed on", required=True, readonly=True)
    count = fields.Integer("Entries", required=True, readonly=True)
    last_sequence = fields.Integer(
        "Up to entry", required=True, readonly=True, aggregator=None
    )
    last_entry = fields.Integer(
        "Last entry (number)", required=True, readonly=True, aggregator=None
    )
    last_hash = fields.Char("Hash of the last entry", required=True, readonly=True)
    expired_until = fields.Integer(
        "Expired up to",
        required=True,
        readonly=True,
        aggregator=None,
        help="Checkpoint: entries up to this place reached the end of their own"
        " retention and were deleted. The seals stay and still verify.",
    )
    previous = fields.Char("Previous seal", required=True, readonly=True)
    version = fields.Integer(
        "Canonical form", required=True, readonly=True, aggregator=None
    )
    hash = fields.Char(
        required=True,
        readonly=True,
        help="SHA-256 of the seal. It is what the daily e-mail to the DPO carries.",
    )
    key_id = fields.Char(required=True, readonly=True)
    signature = fields.Char(required=True, readonly=True, help="Ed25519, hexadecimal.")
    entry_ids = fields.One2many("rgpd.journal", "seal_id")

    # Two workers cannot give a seal the same place: the second one steps back.
    _sequence_unique = models.Constraint(
        "UNIQUE(sequence)", "A seal already has this place in the chain."
    )

    # === CRUD === #

    @api.model_create_multi
    @api.private
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse: seals are made by `_seal`."""
        raise AccessError(self.env._("Seals are made by the system."))

    # === BUSINESS === #

    @api.model
    def _seal(self, limit=BATCH, expired_until=0):
        """Seal the oldest unsealed entries, in the order of their ids.

        An entry with a lower id may still be uncommitted: it will be sealed later,
        at a later place of the chain. Nothing is written when there is nothing to
        seal, when another worker is sealing, or when the signing key is not usable
        (`UserError`). The caller owns the transaction.

        :return: the new seal, or an empty recordset
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(SQL("SELECT pg_try_advisory_xact_lock(hashtext('rgpd.journal'))"))
        if not cr.fetchone()[0]:
            return self.browse()
        entries = self.env["rgpd.journal"]._fetch_unsealed(limit)
        if not entries and not expired_until:
            return self.browse()
        seal, linked = self._prepare_seal(entries, expired_until)
        signature = self.env["rgpd.key"]._sign(self._get_signed(seal))
        seal_id = self._insert_seal(seal, signature)
        if seal_id and linked:
            self.env["rgpd.journal"]._store_seal(seal_id, linked)
        return self.browse(seal_id)

    def _prepare_seal(self, entries, expired_until):
        """Return the next seal of the chain, and its entries with place and hash."""
        last = self._get_last()
        linked = list(
            chain.link(entries, last.last_sequence, last.last_hash or chain.GENESIS)
        )
        entry, sequence, last_hash = (
            linked[-1]
            if linked
            else (None, last.last_sequence, last.last_hash or chain.GENESIS)
        )
        seal = chain.Seal(
            id=0,
            sequence=last.sequence + 1,
            moment=fields.Datetime.now(),
            count=len(linked),
            last_sequence=sequence,
            last_entry=entry.id if entry else last.last_entry,
            last_hash=last_hash,
            expired_until=max(expired_until, last.expired_until),
            previous=last.hash or chain.GENESIS,
            version=VERSION,
        )
        return seal, linked

    @api.model
    def _get_signed(self, seal):
        """Return the bytes that the signature of a seal covers."""
        return f"rgpd.seal:{chain.seal_hash(seal)}".encode()

    def _insert_seal(self, seal, signature):
        """Insert the seal; return its id, or False when its place was taken.

        The lock was free but this transaction may have started before another worker
        committed a seal that it therefore cannot see.
        """
        vals = {
            "sequence": seal.sequence,
            "moment": seal.moment,
            "count": seal.count,
            "last_sequence": seal.last_sequence,
            "last_entry": seal.last_entry,
            "last_hash": seal.last_hash,
            "expired_until": seal.expired_until,
            "previous": seal.previous,
            "version": seal.version,
            "hash": chain.seal_hash(seal),
            "key_id": signature.key_id,
            "signature": signature.value,
        }
        query = SQL(
            "INSERT INTO rgpd_journal_seal (%s) VALUES (%s) RETURNING id",
            SQL(", ").join(map(SQL.identifier, vals)),
            SQL(", ").join(SQL("%s", value) for value in vals.values()),
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                return self.env.cr.fetchone()[0]
        except psycopg2.errors.UniqueViolation:
            return False

    @api.model
    def _stream(self):
        """Yield the seals in the order of the chain."""
        yield from self.env["rgpd.journal"]._stream_query(
            SQL(
                "SELECT id, sequence, moment, count, last_sequence, last_entry,"
                " last_hash, expired_until, previous, version, hash, key_id, signature"
                " FROM rgpd_journal_seal ORDER BY sequence"
            ),
            chain.Seal,
        )

    @api.model
    def _get_last(self):
        """Return the head of the chain."""
        # sudo: rgpd.journal.seal - whoever verifies or seals goes on from the head
        return self.sudo().search([], order="sequence desc", limit=1)

    @api.model
    def _get_last_before(self, moment):
        """Return the last seal such that it and all before it are older."""
        younger = self.search([("moment", ">=", moment)], order="sequence", limit=1)
        if not younger:
            return self._get_last()
        return self.search(
            [("sequence", "<", younger.sequence)], order="sequence desc", limit=1
        )

    # === DAILY HEAD === #

    @api.model
    def _send_head(self, report, problem=False):
        """Mail the head to each DPO in their language, with the state of the journal.

        :param report: the `chain.Report` of today, or None
        :param problem: why it could not be verified, in words
        """
        head = self._get_last()
        if not head:
            return
        recipients = self._get_head_recipients()
        if not recipients:
            _logger.warning("No DPO with an e-mail address: the head stays here.")
            return
        template = self.env.ref("rgpd_fichier_client.rgpd_journal_head_mail")
        context = {
            "rgpd_sound": bool(report and report.is_sound),
            "rgpd_entries": report.entries if report else 0,
            "rgpd_waiting": self.env["rgpd.journal"]._count_unsealed(),
            "rgpd_problem": problem,
        }
        for partner in recipients:
            template.with_context(
                **context, template_preview_lang=partner.lang or "en_US"
            ).send_mail(head.id, email_values={"recipient_ids": partner.ids})
        self.env["rgpd.journal"]._record(
            "journal.head_sent",
            None,
            {"seal": head.sequence, "recipients": len(recipients)},
            company=False,
        )

    @api.model
    def _get_head_recipients(self):
        """Return the contacts of the active users of the DPO group, with an e-mail."""
        group = self.env.ref("rgpd_fichier_client.group_rgpd_dpo")
        users = group.all_user_ids.filtered("active")
        return users.partner_id.filtered("email")
