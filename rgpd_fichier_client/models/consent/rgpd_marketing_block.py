import logging
import re

from lxml import etree, html

from odoo import api, models
from odoo.tools import html_escape, mail

_logger = logging.getLogger(__name__)

MARKER = "o_rgpd_marketing"
PURPOSE = "o_rgpd_for_"
NOT_HTML = re.compile(r"^\s*<\?xml[^>]*\?>|[\x00-\x08\x0b\x0c\x0e-\x1f]")


class RgpdMarketingBlock(models.AbstractModel):
    """Offers inside a message about something else, such as an order.

    Nothing stops the message; a part of it marked as an offer reaches only those whom
    the contact gate allows (art. L. 34-5 CPCE), each recipient apart. The editor of a
    template marks the part by classes, which survive the cleaning that Odoo does to
    messages where attributes of data do not::

        <div class="o_rgpd_marketing o_rgpd_for_softoptin">…</div>

    Several purposes may be named: the first that allows it counts. Fails closed:
    without purpose, without a recipient who is known, or when anything breaks, the
    part is left out. What stays is followed by the reason and the way out.
    """

    _name = "rgpd.marketing.block"
    _description = "Offers inside Other Messages"

    @api.model
    def _filter(self, email, outgoing):
        """Leave out the offers that a recipient may not get, in place; never raises.

        :param email: ``mail.mail`` that is about to leave
        :param list outgoing: as ``mail.mail._prepare_outgoing_list`` returns it
        """
        for values in outgoing:
            if self._has(values["body"]):
                values.update(self._filter_one(email, values))

    @api.model
    def _has(self, body):
        """Tell whether a body may hold offers."""
        return MARKER in (body or "")

    @api.model
    def _strip(self, body):
        """Return a body without any offer."""
        root = self._parse(body)
        if root is None:
            return self._cut(body)
        self._drop(root, lambda _block: False)
        return self._write(root)

    @api.model
    def _parse(self, body):
        """Return a body as an element, ``None`` when it is no HTML at all.

        An XML declaration or a control character is no reason to leave anything out.
        """
        text = NOT_HTML.sub("", str(body))
        try:
            return html.fragment_fromstring(text, create_parent="div")
        except (etree.LxmlError, ValueError, AssertionError, TypeError):
            return None

    @api.model
    def _cut(self, body):
        """Return what comes before the first offer: where it ends nobody knows."""
        text = str(body)
        position = text.find(MARKER)
        if position < 0:
            return text
        start = text.rfind("<", 0, position)
        return text[: position if start < 0 else start]

    @api.model
    def _write(self, root):
        """Return the HTML inside an element."""
        return (html_escape(root.text) if root.text else "") + "".join(
            etree.tostring(node, encoding="unicode", method="html") for node in root
        )

    @api.model
    def _filter_one(self, email, values):
        """Return the body of one recipient, in HTML and as text."""
        root = self._parse(values["body"])
        if root is None:
            body = self._cut(values["body"])
            _logger.warning("The offers of message %s were cut: no HTML", email.id)
            return {"body": body, "body_alternative": mail.html2plaintext(body)}
        try:
            with self.env.cr.savepoint():
                self._judge(root, email, values)
        except Exception as error:  # noqa: BLE001 - the message leaves without offers
            _logger.warning(
                "The offers of message %s were left out: %s",
                email.id,
                type(error).__name__,
            )
            self._drop(root, lambda _block: False)
        body = self._write(root)
        return {
            "body": body,
            "body_alternative": mail.html2plaintext(body),
        }

    @api.model
    def _judge(self, root, email, values):
        """Ask the gate about each part, and sign what stays."""
        company = self._get_company(email)
        person = self._get_recipient(email, values)
        used = []

        def is_allowed(block):
            verdict = self._check(block, person, company)
            if verdict and verdict["allowed"]:
                used.append(verdict["purpose"])
                return True
            return False

        self._drop(root, is_allowed)
        if used:
            root.append(self._get_footer(person, used[0], company))

    @api.model
    def _drop(self, root, is_allowed):
        """Remove the parts that are not allowed; what follows them stays."""
        for block in root.find_class(MARKER):
            if not is_allowed(block):
                block.drop_tree()

    @api.model
    def _check(self, block, person, company):
        """Return the verdict on one part for one person, ``None`` without purpose."""
        codes = self._get_codes(block)
        if not person or not codes:
            return None
        gate = self.env["rgpd.contact.gate"]
        return gate._check_any(person, codes, "email", company)[person.id]

    @api.model
    def _get_codes(self, block):
        """Return the codes of the purposes that a part names, in its order."""
        return [
            name.removeprefix(PURPOSE)
            for name in block.get("class").split()
            if name.startswith(PURPOSE)
        ]

    @api.model
    def _get_mistakes(self, body):
        """Return ``(parts without purpose, purposes nobody knows)`` of a template.

        Such parts are never sent: whoever writes the template is told.
        """
        root = self._parse(body) if self._has(body) else None
        if root is None:
            return 0, []
        named = [self._get_codes(block) for block in root.find_class(MARKER)]
        codes = {code for codes in named for code in codes}
        # sudo: rgpd.purpose - whoever writes a template may know the codes
        purposes = self.env["rgpd.purpose"].sudo()
        unknown = codes - set(
            purposes.search([("code", "in", [*codes])]).mapped("code")
        )
        return sum(not codes for codes in named), sorted(unknown)

    @api.model
    def _get_company(self, email):
        """Return the controller: that of the record the message is about."""
        record = self.env["rgpd.first.contact"]._get_record(email)
        if record and "company_id" in record._fields and record.company_id:
            return record.company_id
        return email.rgpd_company_id or self.env.company

    @api.model
    def _get_recipient(self, email, values):
        """Return the one person who reads the message, empty when not known."""
        nobody = self.env["res.partner"]
        if values.get("email_cc"):
            return nobody
        if values["partner_id"]:
            return values["partner_id"]
        record = self.env["rgpd.first.contact"]._get_record(email)
        person = record and self.env["rgpd.contact.person"]._of(record)
        if not person:
            return nobody
        known = set(self.env["rgpd.contact.address"]._get(person)[person.id].emails)
        written = set(values["email_to_normalized"] or ())
        return person if written and written <= known else nobody

    @api.model
    def _get_footer(self, person, purpose_code, company):
        """Return why the person gets the offer, and how to get no more."""
        persons = self.env["rgpd.contact.person"]
        url = persons._get_unsubscribe_url(person, company)
        if not url:
            raise ValueError("no way out")
        this = self.with_context(lang=persons._get_lang(person))
        # sudo: res.company - the sender introduces itself
        footer = this.env["ir.qweb"]._render(
            "rgpd_fichier_client.marketing_footer",
            {
                "company": company.sudo().with_context(lang=this.env.lang),
                "notice": "",
                "reason": this.env["rgpd.contact.sentence"]._get_reason(
                    purpose_code, company
                ),
                "unsubscribe_url": url,
                "preference_url": persons._get_preference_url(person, company),
            },
        )
        return html.fragment_fromstring(str(footer).strip())
