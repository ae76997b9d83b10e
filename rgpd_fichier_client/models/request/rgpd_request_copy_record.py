from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...core.datamap import bundle_review
from .copy_review import ScanReview
from .rgpd_request_copy_line import GROUNDS


class RgpdRequestCopy(models.Model):
    """Records that stay out of a copy as a whole, masked or not (Art. 15.4 GDPR)."""

    _inherit = "rgpd.request.copy"

    # === ACTION METHODS === #

    def action_withhold_record(self):
        """Ask which record stays out of the copy, and on which ground."""
        self.ensure_one()
        self.request_id.check_access("write")
        self._check_is_read()
        wizard = self.env["rgpd.withhold.wizard"]._prepare_for(self)
        return wizard._get_action()

    # === BUSINESS METHODS === #

    def _get_withheld_roots(self):
        """Return what was decided to stay out as a whole: ``{(model, id): ground}``.

        Never the person's own record: all the rest hangs on it, and its passages are
        masked one by one. A record about somebody else is no passage to mask: before
        this was refused, it could be decided.
        """
        is_masked_other = Domain("kind", "=", bundle_review.OTHER) & Domain(
            "decision", "=", bundle_review.MASK
        )
        lines = self.env["rgpd.request.copy.line"].search(
            Domain("copy_id", "in", self.ids)
            & (Domain("decision", "=", bundle_review.WITHHOLD) | is_masked_other)
        )
        roots = {}
        for copy, part in lines.grouped("copy_id").items():
            own = copy._get_own_records()
            for line in part:
                place = (line.model, line.res_id)
                if place not in own:
                    roots[place] = line.ground or "others"
        return roots

    def _get_withheld_records(self):
        """Return these and everything that hangs on them: ``{(model, id): ground}``.

        Lines, messages, activities, files: the links of the data map tell. All that is
        written of the copy asks this method.
        """
        roots = self._get_withheld_roots()
        finder = self.env["rgpd.person.finder"]
        withheld = {}
        for ground, _label in GROUNDS:
            chosen = defaultdict(list)
            for (model, res_id), known in roots.items():
                if known == ground:
                    chosen[model].append(res_id)
            for model, ids in finder._find_parts(chosen).items():
                for res_id in ids:
                    withheld.setdefault((model, res_id), ground)
        return {**withheld, **roots}

    def _get_withheld_files(self, withheld):
        """Return the files among these that a record given to the person holds.

        A file posted on the contact itself goes with the message that brought it. It is
        not part of the message: it is counted apart.

        :param dict withheld: see ``_get_withheld_records``
        :rtype: dict[tuple[str, int], str]
        """
        ids = [res_id for model, res_id in withheld if model == "ir.attachment"]
        # sudo: ir.attachment - which record holds a file, whatever the officer may read
        files = self.env["ir.attachment"].sudo().browse(ids).exists()
        return {
            (file._name, file.id): withheld[file._name, file.id]
            for file in files
            if file.res_id and (file.res_model, file.res_id) not in withheld
        }

    def _find_records(self):
        """Return ``{model: ids}`` of what the copy would hold without any decision."""
        self.ensure_one()
        # One controller answers for itself, whatever companies the officer works in
        exporter = self.env["rgpd.person.exporter"].with_context(
            allowed_company_ids=self.company_id.ids
        )
        return exporter._get_found(self._get_persons(), self.right == "portability")

    def _get_own_records(self):
        """Return ``{(model, id)}`` of the records that stand for the person."""
        persons = self._get_persons().sudo()
        own = self.env["rgpd.person.exporter"].sudo()._get_own_ids(persons)
        return {(model, res_id) for model, ids in own.items() for res_id in ids}

    def _withhold(self, places, ground):
        """Keep whole records out of the copy, with everything that hangs on them.

        :param places: pairs of model and id, among what the copy would hold
        :param str ground: `others` or `secret`; the person is told it
        :raise UserError: no ground, nothing chosen, a record that is not in the copy,
            or the person's own contact record
        """
        self.ensure_one()
        self.request_id.check_access("write")
        self._check_is_read()
        found = self._find_records()
        places = list(dict.fromkeys(places))
        if not places:
            raise UserError(self.env._("Choose the record to withhold."))
        if any(res_id not in found.get(model, ()) for model, res_id in places):
            raise UserError(self.env._("This record is not part of the copy."))
        self._check_not_own(places)
        # sudo: rgpd.request.copy.line - written by these methods alone
        copy = self.sudo().with_context(lang=self.env.user.lang)
        review = ScanReview(copy)
        for model, res_id in places:
            record = copy.env[model].browse(res_id)
            passage = bundle_review.get_record(review.get_title(record))
            review.note(record, "", [passage])
        review.flush()
        lines = self.line_ids.search(
            [("copy_id", "=", self.id), ("kind", "=", bundle_review.RECORD)]
        )
        chosen = set(places)
        lines.filtered(lambda line: (line.model, line.res_id) in chosen)._decide(
            "withhold", ground=ground
        )

    def _check_not_own(self, places):
        """Raise where the person's own contact record would stay out as a whole.

        :param places: pairs of model and id
        """
        if not self._get_own_records().isdisjoint(places):
            raise UserError(
                self.env._(
                    "The contact record of the person is the copy itself, it cannot "
                    "stay out as a whole: keep the passage masked. To give nothing at "
                    "all, refuse the right with its ground."
                )
            )

    def _check_is_read(self):
        if self.state == "scan":
            raise UserError(self.env._("The copy is still being read."))

    def _forget_gone(self):
        """Delete the passages the last scan did not find again.

        A record withheld as a whole stays decided as long as it exists.
        """
        lines = self.sudo().line_ids  # sudo: written by these methods alone
        is_record = Domain("kind", "=", bundle_review.RECORD)
        own = Domain("copy_id", "=", self.id)
        lines.search(own & ~is_record & Domain("scan", "!=", self.scan)).unlink()
        for line in lines.search(own & is_record):
            exists = (
                line.model in self.env
                and self.env[line.model].browse(line.res_id).sudo().exists()
            )  # sudo: as the scan reads
            if line.decision != "withhold" or not exists:
                line.unlink()

    def _mask_own(self):
        """Mask what was withheld in the person's own record, with who decided it.

        A contact may have become the person's own record since.
        """
        own = self._get_own_records()
        # sudo: rgpd.request.copy.line - written by these methods alone
        lines = self.sudo().line_ids.search(
            [("copy_id", "=", self.id), ("decision", "=", "withhold")]
        )
        lines.filtered(lambda line: (line.model, line.res_id) in own).write(
            {"decision": "mask", "ground": False}
        )

    def _cover(self):
        """Mark the passages of what stays out with another record: nobody need decide.

        What is given back waits for a decision again.
        """
        roots = self._get_withheld_roots()
        # sudo: rgpd.request.copy.line - written by these methods alone
        lines = self.sudo().line_ids
        own = Domain("copy_id", "=", self.id)
        if not roots and not lines.search_count(
            own & Domain("covered", "!=", False), limit=1
        ):
            return
        withheld = self._get_withheld_records()
        changed = defaultdict(lines.browse)
        for line in lines.search(own):
            place = (line.model, line.res_id)
            ground = False if place in roots else withheld.get(place, False)
            if line.covered != ground:
                changed[ground] |= line
        for ground, part in changed.items():
            part.write({"covered": ground})
