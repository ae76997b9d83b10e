import base64
from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.datamap import normalise
from ...core.journal import sealing
from ...core.retention import vault as core_vault
from .rgpd_eraser import QUIET

# What the transaction knows of the archive: see _get_memo.
MEMO = "rgpd.vault.masking"
# How many persons are put back before the memory is given back.
RESTORED_AT_ONCE = 500
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


class _Reload:
    """Have every process read again who is archived, once the change is saved."""

    def __init__(self, registry):
        self.registry = registry

    def __call__(self):
        self.registry.clear_cache()
        if self.registry.ready:
            self.registry.signal_changes()


class RgpdVault(models.Model):
    """Intermediate archive of one person (art. 5.1.e GDPR, archivage intermédiaire).

    Nothing of an archived person is in daily use: contact details and free text have
    left the active tables for encrypted parts, one per category. What accounting reads
    live stays in the row, where everybody else sees a label (`archived_field`). The
    archive group opens a vault for a stated motive, for a limited time; each opening
    is logged.
    """

    _name = "rgpd.vault"
    _description = "Intermediate Archive"
    _order = "id desc"
    _rec_name = "reference"

    reference = fields.Char(compute="_compute_reference", search="_search_reference")
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Controller",
        readonly=True,
        index="btree_not_null",
        help="Company that collected the person.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "rgpd_vault_partner_rel",
        "vault_id",
        "partner_id",
        string="Records",
        readonly=True,
        help="Contact of the person and further addresses, hidden in daily work.",
    )
    date_archived = fields.Datetime(string="Archived on", readonly=True)
    date_retention = fields.Date(
        related="subject_id.date_retention", string="Kept until"
    )
    last_purpose_id = fields.Many2one(
        related="subject_id.last_purpose_id", string="Last reason"
    )
    part_ids = fields.One2many("rgpd.vault.part", "vault_id", readonly=True)
    access_ids = fields.One2many("rgpd.vault.access", "vault_id", readonly=True)
    access_count = fields.Integer(string="Openings", compute="_compute_access_count")
    address = fields.Char(
        string="E-mail or phone",
        compute="_compute_address",
        search="_search_address",
        help="Find the archive of somebody who writes or calls: only keyed digests are "
        "compared, nothing is opened.",
    )
    address_digests = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    value_count = fields.Integer(string="Values", compute="_compute_value_count")
    category_names = fields.Char(string="Holds", compute="_compute_category_names")

    _subject_unique = models.Constraint(
        "UNIQUE(subject_id)", "A person has one place in the archive."
    )

    # === COMPUTE METHODS === #

    def _compute_reference(self):
        for vault in self:
            vault.reference = f"ARC/{vault.id:06d}" if vault.id else False

    def _search_reference(self, operator, value):
        if operator not in ("=", "ilike", "in", "like"):
            return NotImplemented
        values = value if operator == "in" else [value]
        digits = ["".join(c for c in str(v) if c.isdigit()) for v in values]
        return [("id", "in", [int(d) for d in digits if d])]

    def _compute_address(self):
        """Nothing to show: the field is there to search by."""
        self.address = False

    def _search_address(self, operator, value):
        """Compare keyed digests; a part of an address finds nobody."""
        if operator not in ("ilike", "=", "in"):
            return NotImplemented
        texts = value if operator == "in" else [value]
        wanted = [
            address
            for text in texts
            if text
            for address in (*normalise.emails(text), normalise.phone(text))
            if address
        ]
        if not wanted:
            return [(0, "=", 1)]
        # sudo: rgpd.vault - the digests are compared, not shown
        found = self.sudo().search(
            Domain.OR(
                Domain("address_digests", "like", digest)
                for digest in self.env["rgpd.key"]._digest_many("digest", wanted)
            )
        )
        return [("id", "in", found.ids)]

    @api.depends("access_ids")
    def _compute_access_count(self):
        for vault in self:
            vault.access_count = len(vault.access_ids)

    def _compute_value_count(self):
        # sudo: rgpd.vault.part - how many values, not which
        for vault in self:
            vault.value_count = sum(vault.sudo().part_ids.mapped("value_count"))

    @api.depends_context("lang")
    def _compute_category_names(self):
        # sudo: rgpd.data.category - labels of a closed list, no personal data
        categories = self.env["rgpd.data.category"].sudo().search([])  # pylint: disable=no-search-all
        names = {category.code: category.name for category in categories}
        for vault in self:
            codes = vault.sudo().part_ids.mapped("category")
            vault.category_names = ", ".join(names.get(code, code) for code in codes)

    # === ACTION METHODS === #

    def action_open_wizard(self):
        """Ask why the vault is opened."""
        self.ensure_one()
        self._check_archive_user()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open the archive"),
            "res_model": "rgpd.vault.open.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_vault_id": self.id},
        }

    def action_restore(self):
        """Take persons out of the archive: they are in contact again."""
        self._check_archive_user()
        self.check_access("read")
        # sudo: rgpd.vault - checked above; the values come back where they were
        self.sudo()._restore("by_hand")
        return {"type": "ir.actions.act_window_close"}

    def action_open_accesses(self):
        """Show who opened these vaults, and why."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_vault_access_action"
        )
        return action | {"domain": [("vault_id", "in", self.ids)]}

    def _check_archive_user(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_archive"):
            raise AccessError(
                self.env._("Only the archive group opens the intermediate archive.")
            )

    # === MASKING === #

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
        return memo

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
        after = self.env.cr.postcommit
        if not after.data.get(MEMO):
            after.data[MEMO] = True
            after.add(_Reload(self.env.registry))
        memo = self.env.cr.cache.get(MEMO)
        if memo is not None:
            memo["bits"] = self._read_bits()

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, subjects):
        """Return the vaults of persons."""
        # sudo: rgpd.vault - engines ask for whoever works on the person
        return self.sudo().search([("subject_id", "in", subjects.ids)])

    @api.model
    def _archive(self, subjects):
        """Move the contact details and free text of persons to the archive.

        :param subjects: ``rgpd.subject``, locked by the caller
        :return: the vaults made
        :raise UserError: when the keys are missing: nothing moves then
        """
        # sudo: every model of the map - the caller was checked; see rgpd.eraser
        self = self.sudo().with_context(**QUIET)  # noqa: PLW0642
        subjects = subjects.with_env(self.env) - self._of(subjects).subject_id
        if not subjects:
            return self.browse()
        scope = self.env["rgpd.eraser.scope"]._build(subjects)
        partners_of = defaultdict(list)
        for (model, row_id), person in scope.anchors.items():
            if model == "res.partner":
                partners_of[person].append(row_id)
        digests = self._get_address_digests(scope)
        vaults = self.create(
            [
                {
                    "subject_id": subject.id,
                    "company_id": subject.retention_company_id.id,
                    "date_archived": fields.Datetime.now(),
                    "address_digests": digests[subject.id],
                    "partner_ids": [fields.Command.set(partners_of[subject.id])],
                }
                for subject in subjects
            ]
        )
        work = self.env["rgpd.vault.work"]
        books = self.env["rgpd.eraser.accounting"]
        # Flushes in this environment, where tracking is off: a later one may not be
        with books._keep_stamps(scope.ids_of("res.partner")):
            moved = work._move_scope(scope)
            work._move_files(scope, vaults, moved)
            self._seal({vault: moved.of(vault.subject_id.id) for vault in vaults})
        self._forget()
        vaults._journal("vault.archived")
        return vaults

    def _get_address_digests(self, scope):
        """Return the keyed digests of e-mails and phones: ``{subject id: text}``."""
        values = {
            subject.id: sorted(
                {
                    identifier.value
                    for identifier in scope.identifiers.get(subject.id, ())
                    if identifier.kind in ("email", "phone")
                }
            )
            for subject in scope.subjects
        }
        everything = sorted(set().union(*values.values()))
        digests = self.env["rgpd.key"]._digest_many("digest", everything)
        digest_of = dict(zip(everything, digests, strict=True))
        return {
            subject_id: " ".join(digest_of[value] for value in some)
            for subject_id, some in values.items()
        }

    @api.model
    def _seal(self, parts):
        """Encrypt what left the tables, one part per category.

        :param parts: ``{vault: {category: content}}``
        """
        key = self.env["rgpd.key"]._get("vault")
        self.env["rgpd.vault.part"].create(
            [
                {
                    "vault_id": vault.id,
                    "category": category,
                    "value_count": core_vault.count_values(content),
                    "sealed": base64.b64encode(
                        sealing.seal(key, content, vault._get_context(category))
                    ),
                }
                for vault, of_vault in parts.items()
                for category, content in sorted(of_vault.items())
            ]
        )

    def _unseal(self):
        """Return ``{category: {model: {column: [[row, before, after]]}}}``.

        :raise UserError: when the key is missing or not the one it was sealed with
        """
        self.ensure_one()
        key = self.env["rgpd.key"]._get("vault")
        parts = {}
        # sudo: rgpd.vault.part - nobody reads the encrypted bytes; a form asks for the
        # size of files only
        for part in self.sudo().with_context(bin_size=False).part_ids:
            try:
                parts[part.category] = sealing.unseal(
                    key,
                    base64.b64decode(part.sealed),
                    self._get_context(part.category),
                )
            except sealing.SealedDataError as error:
                raise UserError(
                    self.env._(
                        "The archive %(reference)s was altered or sealed with another "
                        "key: it cannot be opened.",
                        reference=self.reference,
                    )
                ) from error
        return parts

    def _get_context(self, category):
        return f"rgpd.vault,{self.id},{self.subject_id.uid},{category}"

    def _restore(self, cause):
        """Put the values back where they were and leave the archive.

        What somebody wrote meanwhile is newer and stays.

        :param str cause: by_hand, back, erasure, merge, removal; for the journal
        """
        if not self:
            return
        vaults = self._restore_values()
        vaults._journal("vault.restored", cause=cause)
        vaults._leave()

    @api.model
    def _uninstall(self):
        """Bring everybody out of the archive: nothing else could open it afterwards.

        :raise UserError: when the keys are missing; the add-on is not removed then
        """
        # sudo: rgpd.vault - whoever may remove a module decides for every company
        while vaults := self.sudo().search([], limit=RESTORED_AT_ONCE):
            vaults._restore("removal")

    def _restore_values(self):
        """Write the values back; the rows of the archive stay."""
        # sudo: every model of the map - the caller was checked; see rgpd.eraser
        vaults = self.sudo().with_context(**QUIET)
        contents = [part for vault in vaults for part in vault._unseal().values()]
        vaults.env["rgpd.vault.work"]._put_back(core_vault.merge(contents))
        return vaults

    def _destroy(self):
        """Destroy archives without putting anything back: the record is gone."""
        if not self:
            return
        self._journal("vault.destroyed")
        self.env["rgpd.vault.work"]._delete_files(self, {"file", "image"})
        self._leave()

    def _leave(self):
        """Remove the rows of the archive; its log stays."""
        self.part_ids.unlink()
        self.unlink()
        self.env.flush_all()
        self._forget()

    def _journal(self, kind, **payload):
        for company, vaults in self.grouped("company_id").items():
            self.env["rgpd.journal"]._record_many(
                kind,
                [
                    (
                        vault.subject_id.uid,
                        {"vault": vault.id, "values": vault.value_count, **payload},
                    )
                    for vault in vaults
                ],
                company or None,
            )

    def _end_categories(self):
        """Destroy the parts that no live reason covers any more (art. 5.1.e).

        The invoice may stay ten years, the e-mail address not.

        :return: how many parts were destroyed
        """
        kept = self.env["rgpd.reason"]._get_kept(self.subject_id)
        ended, entries = [], defaultdict(list)
        without = defaultdict(self.browse)
        for vault in self:
            codes = core_vault.to_end(
                vault.part_ids.mapped("category"), kept.get(vault.subject_id.id, ())
            )
            parts = vault.part_ids.filtered(lambda p, codes=codes: p.category in codes)
            if not parts:
                continue
            ended += parts.ids
            without[tuple(codes)] += vault
            entries[vault.company_id].append(
                (
                    vault.subject_id.uid,
                    {
                        "vault": vault.id,
                        "categories": ",".join(codes),
                        "values": sum(parts.mapped("value_count")),
                    },
                )
            )
        for codes, vaults in without.items():
            self.env["rgpd.vault.work"]._delete_files(vaults, codes)
        self.env["rgpd.vault.part"].browse(ended).unlink()
        for company, rows in entries.items():
            self.env["rgpd.journal"]._record_many(
                "vault.expired", rows, company or None
            )
        return len(ended)
