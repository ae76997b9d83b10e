import base64
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...core.datamap import normalise
from ...core.journal import sealing
from ...core.retention import vault as core_vault
from .rgpd_eraser import QUIET

# How many persons are put back before the memory is given back.
RESTORED_AT_ONCE = 500


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
