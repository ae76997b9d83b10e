from odoo import fields, models


class ResCompany(models.Model):
    """What the company vouches for; the gate takes silence for a no."""

    _inherit = "res.company"

    rgpd_softoptin_similar = fields.Boolean(
        string="Offers to customers are about similar products",
        help="Condition of prospecting customers without consent "
        "(art. L. 34-5 CPCE): products or services similar to those bought.",
        prefetch="rgpd",
    )
    rgpd_softoptin_since = fields.Date(
        string="Order forms let people object since",
        help="From this day on, every order was taken with a free and simple way to "
        "object to offers. Orders signed in the portal with our box count anyway.",
        prefetch="rgpd",
    )
    rgpd_messages_unsubscribe = fields.Boolean(
        string="Every message has an unsubscribe link",
        help="Free and simple, in each message (art. L. 34-5 CPCE).",
        prefetch="rgpd",
    )
    rgpd_b2b_profession = fields.Boolean(
        string="Offers to professionals concern their profession",
        help="Condition of prospecting professionals without consent (CNIL).",
        prefetch="rgpd",
    )
    rgpd_informs_at_collection = fields.Boolean(
        string="Persons are informed at collection and may object",
        help="Notices of art. 13 GDPR, for offers to professionals and by post.",
        prefetch="rgpd",
    )
    rgpd_contract_calls = fields.Boolean(
        string="Calls without consent are about the contract in progress only",
        help="Art. L. 223-1 Code de la consommation, exception of the contract.",
        prefetch="rgpd",
    )
    rgpd_phone_banned = fields.Boolean(
        string="Sector in which calls are banned",
        help="Home energy works and adaptation of homes to age or disability: calls "
        "are forbidden even with consent (art. L. 223-1 Code de la consommation).",
        prefetch="rgpd",
    )
    rgpd_press = fields.Boolean(
        string="Sale of newspapers and magazines",
        help="Exempt from consent to be called.",
        prefetch="rgpd",
    )
    rgpd_double_optin = fields.Selection(
        [
            ("none", "Never"),
            ("public", "For what people tick themselves without being recognised"),
            ("all", "Always, also for what staff record or import"),
        ],
        string="Confirm consents to e-mail by a link",
        default="public",
        required=True,
        help="Anybody can type the address of somebody else. A consent to offers by "
        "e-mail then waits until the person confirms it by the link of a mail (double "
        "opt-in, Art. 7.1 GDPR). Meanwhile nothing is sent.",
        prefetch="rgpd",
    )
    rgpd_keep_technical_proof = fields.Boolean(
        string="Keep the network and the browser of who consents online",
        help="Added to the erasable proof of a consent given on a page: the first part"
        " of the IP address only (IPv4 /24, IPv6 /48) and the name of the browser."
        " Off by default: it is more data, kept only where the notice shown, the date"
        " and the link of the mail do not prove enough (Art. 5.1.c and 7.1 GDPR)."
        " Erased with the person.",
        prefetch="rgpd",
    )
    rgpd_sign_notice_ids = fields.Many2many(
        "rgpd.notice",
        "rgpd_company_sign_notice_rel",
        string="Choices offered when a quotation is signed",
        domain="[('kind', '=', 'choice'), ('purpose_id', '!=', False),"
        " ('channel', '!=', False)]",
        help="Boxes beside the signature in the customer portal, unticked and apart"
        " from the acceptance. The quotation is signed the same without them (Art. 7.4"
        " GDPR).",
    )
    rgpd_inform_by_mail = fields.Boolean(
        string="Send the notices of Art. 14 by themselves",
        help="Persons whose data came from somebody else are told by e-mail a few days"
        " before the last day, or in the first message to them. Otherwise a task is"
        " made.",
        prefetch="rgpd",
    )
    rgpd_first_mail_notice = fields.Boolean(
        string="Short notice in the first message to a person",
        help="Under the first e-mail to a customer or a prospect who has been shown no"
        " notice yet: once, and recorded (Art. 13 GDPR). Staff never get it.",
        prefetch="rgpd",
    )
    rgpd_quotation_notice = fields.Boolean(
        string="Short notice on quotations and orders",
        default=True,
        help="Who uses the data, why, how long, and the rights: under each quotation"
        " and order, printed or in the customer portal (Art. 13 GDPR).",
        prefetch="rgpd",
    )
