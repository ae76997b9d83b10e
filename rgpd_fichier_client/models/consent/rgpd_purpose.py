from collections import defaultdict

from odoo import models

# What tells purposes of one public name apart, the plainest words first.
TELLING = ("name", "processing_id.name", "code")


class RgpdPurpose(models.Model):
    """How purposes are named to the public when several have the same name."""

    _inherit = "rgpd.purpose"

    def _get_distinct_names(self):
        """Return ``{id: name}`` in everyday words, no two of them alike (Art. 12.1).

        A person must know what they agree to: purposes of one name are told apart by
        the first of their own name, their processing and their code that differs. To be
        called for the purposes of one channel: the channel tells the others apart.
        """
        names, groups = {}, defaultdict(self.browse)
        for purpose in self:
            groups[_fold(purpose._get_public_name())] |= purpose
        for same in groups.values():
            names |= same._tell_apart()
        return names

    def _tell_apart(self):
        """Return ``{id: name}`` of purposes that have one public name."""
        plain = {purpose.id: purpose._get_public_name().strip() for purpose in self}
        if len(self) == 1:
            return plain
        for path in TELLING:
            words = {purpose.id: "".join(purpose.mapped(path)) for purpose in self}
            if len({_fold(word) for word in words.values()}) == len(self):
                break
        return {
            purpose_id: f"{name} ({words[purpose_id]})"
            for purpose_id, name in plain.items()
        }


def _fold(word):
    return word.strip().casefold()
