from contextlib import contextmanager

from odoo import api, models, tools
from odoo.tools import SQL

from ..datamap.reload import reload_after

# What the transaction knows of the archive: see _get_memo.
MEMO = "rgpd.vault.masking"
# Who reads names and addresses of archived persons: accounting, and the archive.
READER_GROUPS = (
    "rgpd_fichier_client.group_rgpd_archive",
    "account.group_account_readonly",
    "account.group_account_invoice",
)

# The last transaction of this process that changed the archive, by database.
_CHANGES = {}


class _BehindError(Exception):
    """The bits a transaction read are not to be kept for the others."""

    def __init__(self, bits):
        super().__init__()
        self.bits = bits


def is_nobody_archived(env):
    """Tell whether this transaction knows already that nobody is archived.

    The first look of what every reading of contacts goes by: no record is made for it.
    """
    memo = env.cr.cache.get(MEMO)
    return memo is not None and not memo["bits"]


class RgpdVault(models.Model):
    """Who is archived, and who may read it: asked at each reading of a name."""

    _inherit = "rgpd.vault"

    # On the class of one registry: somebody is archived, as far as this process knows
    _is_hiding = False

    @api.model
    def _is_masking(self):
        """Tell whether the user of this environment may not read archived persons.

        Called at each reading of a name: one look into a dict when nobody is archived.
        """
        memo = self.env.cr.cache.get(MEMO) or self._get_memo()
        if not memo["bits"] or memo["shown"]:
            return False
        uid = self.env.uid
        masked = memo["users"].get(uid)
        if masked is None:
            masked = memo["users"][uid] = self._is_masked_user(uid)
        return masked

    @api.model
    def _get_memo(self):
        """Return what the transaction knows of the archive.

        ``bits``: who is in it; ``users``: who may not read it; ``shown``: how many
        blocks of code that show the true values are running; ``raw``: whether a search
        that leaves archived rows out is being built.
        """
        memo = self.env.cr.cache.get(MEMO)
        if memo is None:
            memo = {"bits": self._get_bits(), "users": {}, "shown": 0, "raw": False}
            self.env.cr.cache[MEMO] = memo
            self._hide_fields(memo)
        return memo

    @api.model
    def _hide_fields(self, memo):
        """Make the fields of contacts hide values, once this process knows of anybody.

        Whoever reads a row of a contact asks for the memo before there is a value to
        show (``_fetch_query``): no value is read without.
        """
        if memo["bits"] and not self._is_hiding:
            self.pool[self._name]._is_hiding = True
            for name in ("res.partner", "account.move"):
                self.env[name]._hide_archived_fields()

    @contextmanager
    def _showing(self):
        """Show the true values inside the block; for engines, never for a view.

        A flag of the transaction and not a key of the context: Odoo computes names with
        an empty context.
        """
        memo = self._get_memo()
        memo["shown"] += 1
        try:
            yield
        finally:
            memo["shown"] -= 1

    @contextmanager
    def _searching(self, leaves_out):
        """Build a search of contacts inside the block.

        :param bool leaves_out: the search leaves archived rows out by itself: the
            others may then be compared as they are, by their indexes
        """
        memo = self._get_memo()
        before, memo["raw"] = memo["raw"], leaves_out
        try:
            yield
        finally:
            memo["raw"] = before

    @api.model
    def _is_raw(self):
        """Tell whether the search being built leaves archived rows out by itself."""
        return self._get_memo()["raw"]

    @api.model
    def _is_masked_user(self, uid):
        if uid == api.SUPERUSER_ID:
            return False
        if not uid:
            # An RPC client that is logging in: not known yet, not trusted
            return True
        # sudo does not count: labels and reports are computed in sudo for anybody
        user = self.env(su=True)["res.users"].browse(uid)
        return not any(user.has_group(group) for group in READER_GROUPS)

    @api.model
    def _is_hidden(self, record):
        """Tell whether a record belongs to an archived person, and not to the user."""
        partner_id = record._get_archived_partner_id()
        if not isinstance(partner_id, int) or not self._has_bit(partner_id):
            return False
        # Somebody who is back in their account sees their own name
        own = self.env(su=True)["res.users"].browse(self.env.uid)
        return partner_id != own.partner_id.id

    @api.model
    def _as_seen_by(self, document, user):
        """Return a document that names an archived person as this user sees it.

        For pages that read with the superuser, to whom everything is shown.

        :param document: record read by the superuser
        :param user: who looks at the page
        """
        partners = self.env["res.partner"]
        for field in document._fields.values():
            if field.comodel_name == "res.partner" and field.type == "many2one":
                partners |= document[field.name]
        if any(self._has_bit(partner_id) for partner_id in partners.ids):
            # sudo: the document - access was checked by whoever read it
            return document.with_user(user).sudo()
        return document

    @api.model
    def _has_bit(self, partner_id):
        bits = self._get_memo()["bits"]
        place, bit = divmod(partner_id, 8)
        return place < len(bits) and bool(bits[place] >> bit & 1)

    @api.model
    def _get_bits(self):
        """One bit per contact that is archived; empty when nobody is."""
        try:
            return self._get_kept_bits()
        except _BehindError as error:
            return error.bits

    @api.model
    @tools.ormcache()
    def _get_kept_bits(self):
        """Read the bits for every transaction of this process.

        :raise _BehindError: this transaction began before the last change was saved:
            what it reads is for itself alone, others would show who is archived
        """
        bits = self._read_bits()
        if self._is_behind():
            raise _BehindError(bits)
        return bits

    @api.model
    def _read_bits(self):
        # Names are still read while the add-on is being removed
        if not tools.sql.table_exists(self.env.cr, "rgpd_vault_partner_rel"):
            return b""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT partner_id FROM rgpd_vault_partner_rel")
        )
        if not rows:
            return b""
        bits = bytearray(max(row[0] for row in rows) // 8 + 1)
        for (partner_id,) in rows:
            bits[partner_id >> 3] |= 1 << (partner_id & 7)
        return bytes(bits)

    @api.model
    def _is_behind(self):
        """Tell whether the last change of this process is out of sight from here.

        Other processes serve one transaction at a time, and learn of the change before
        they begin the next one.
        """
        change = _CHANGES.get(self.env.cr.dbname)
        if not change:
            return False
        query = SQL(
            "SELECT pg_visible_in_snapshot(%s::xid8, pg_current_snapshot())", change
        )
        return not self.env.execute_query(query)[0][0]

    @api.model
    def _get_label(self):
        return self.env._("Archived customer")

    @api.model
    def _get_hidden_sql(self, alias):
        """Condition: the contact of this alias is in the archive."""
        return SQL(
            "EXISTS (SELECT 1 FROM rgpd_vault_partner_rel rgpd_v"
            " WHERE rgpd_v.partner_id = %s)",
            SQL.identifier(alias, "id"),
        )

    @api.model
    def _forget(self):
        """The archive has changed: read again who is in it.

        Now for this transaction; for the others once it is saved, because a thread
        that reads meanwhile would keep what was true before.
        """
        query = SQL("SELECT pg_current_xact_id()::text")
        _CHANGES[self.env.cr.dbname] = self.env.execute_query(query)[0][0]
        self.env.registry.clear_cache()
        reload_after(self.env)
        memo = self._get_memo()
        memo["bits"] = self._read_bits()
        self._hide_fields(memo)
