from lxml import etree

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import file_open

from ...core.register import canonical
from .rgpd_shipped import MODULE

# Notice → digests of the texts that earlier versions delivered, in each language
FORMER = {
    "rgpd_notice_form_account": {
        "b116ccf8e647ef89c0516c84100e1b39bab7120fa161abcdba364ef1e2aa7bbd",
        "74419122bd2364e6fa3a4c76dbe2f3d5f88dee9af5353d27f14eef1068a760ed",
    },
    "rgpd_notice_form_order": {
        "dba3066c467e7bfa7dc9c9059081f832e5660fe935d403018aafb41df3405ce5",
        "0e1affa5e8828f8ddb80c374f62a78cfe97c8bc396844f66859ad4d80162e8f8",
    },
    "rgpd_notice_form_quote": {
        "d1aa5c998f79d31706b48e800e302cdad8dc15ff852b1dc701152c45b7fea617",
        "ee0c223f9a16cda8d44c2b9fe044919e1d0aab0e49f58429475f43a3e834a329",
    },
    # It promised an answer STOP; each SMS carries a link
    "rgpd_notice_sms": {
        "71216bbb0b6d16905c11eab61559e74bb8276b32b46394a0f4a4cc2eb86575d7",
        "1f139dc82d2ec39d08da650d07c88eb6082136468254adb098399a01b82f052e",
    },
}


class RgpdShipped(models.AbstractModel):
    """What a later version of the add-on says better than an earlier one did.

    A notice is replaced where it is still, to the letter, what an earlier version
    delivered; words of the company stay, in each language by itself. The texts shown
    before are versions, which never change.
    """

    _inherit = "rgpd.shipped"

    @api.model
    def _replace_former_texts(self):
        """Bring the notices that nobody has changed up to date; at each update."""
        texts = self._get_shipped_texts("rgpd_notice")
        for name in FORMER:
            notice = self.env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
            if notice and name in texts:
                self._replace(notice, FORMER[name], texts[name])
        return True

    @api.model
    def _get_shipped_texts(self, file_name):
        """Return ``{name: text}`` of the notices that this version delivers."""
        with file_open(f"{MODULE}/data/register/{file_name}.xml", "rb") as source:
            nodes = etree.parse(source).iter("record")
            return {
                node.get("id"): node.findtext("field[@name='text']") for node in nodes
            }

    @api.model
    def _replace(self, notice, former, text):
        notice.flush_recordset(["text"])
        [[values]] = self.env.execute_query(
            SQL("SELECT text FROM rgpd_notice WHERE id = %s", notice.id)
        )
        stale = [
            lang
            for lang, value in (values or {}).items()
            if canonical.get_digest(value) in former
        ]
        others = [lang for lang in stale if lang != "en_US"]
        if others:
            # What is missing comes with the translations, just after
            self.env.cr.execute(
                SQL(
                    "UPDATE rgpd_notice SET text = text - %s WHERE id = %s",
                    others,
                    notice.id,
                )
            )
            notice.invalidate_recordset(["text"])
        if "en_US" in stale:
            notice.with_context(lang="en_US").text = text
