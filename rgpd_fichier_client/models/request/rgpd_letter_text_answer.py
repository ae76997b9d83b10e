from odoo import fields, models

from ..register.rgpd_selection import get_label


class RgpdLetterText(models.AbstractModel):
    """The words of the answers to each right."""

    _inherit = "rgpd.letter.text"

    def _get_writers(self):
        return super()._get_writers() | {
            "access": self._write_access,
            "portability": self._write_portability,
            "rectification": self._write_rectification,
            "erasure": self._write_erasure,
            "erasure_partial": self._write_erasure_partial,
            "objection": self._write_objection,
            "restriction": self._write_restriction,
            "restriction_lifting": self._write_restriction_lifting,
            "withdrawal": self._write_withdrawal,
            "automated": self._write_automated,
            "heir": self._write_heir,
        }

    # === COPIES OF DATA === #

    def _write_rectification(self, letter):
        rows = letter.request_id._get_rectified_rows()
        block = {
            "text": [
                self.env._(
                    "We have corrected your data on %(date)s as you asked.",
                    date=self._day(letter.request_id._get_rectified_on()),
                )
            ]
        }
        if rows:
            block |= {
                "columns": [
                    self.env._("Data"),
                    self.env._("Before"),
                    self.env._("After"),
                ],
                "rows": rows,
            }
        return [block, self._get_recipients_block(letter, "rectification")]

    def _get_recipients_block(self, letter, operation):
        """Tell who was informed, and that the list is given on request (Art. 19)."""
        names = letter.request_id._get_informed_names(operation)
        text = (
            self.env._(
                "We have told the recipients of your data: %(names)s.",
                names=", ".join(names),
            )
            if names
            else self.env._("No recipient of your data had to be told.")
        )
        more = self.env._(
            "The list of the recipients is given to you on request (Art. 19 GDPR)."
        )
        return {"text": [text, more]}

    def _get_objector_sentences(self, letter):
        if "objection" not in letter.request_id.item_ids.mapped("right"):
            return []
        return [self._get_suppression_sentence()]

    def _get_suppression_sentence(self):
        return self.env._(
            "So that your choice is respected, a fingerprint of your address, from "
            "which it cannot be read, stays on our list of objectors for at least "
            "three years, for no other use."
        )

    # === OBJECTION, RESTRICTION, WITHDRAWAL === #

    def _write_objection(self, letter):
        items = letter.item_ids.filtered(lambda item: item.right == "objection")
        weighed = items.filtered(lambda item: not item.is_prospecting)
        blocks = []
        if items - weighed or not items:
            blocks.append(self._get_prospecting_block(letter))
        if "granted" in weighed.mapped("decision"):
            blocks.append(self._get_other_objection_block())
        return [
            *blocks,
            *self._get_balancing_blocks(letter),
            *self._get_partial_blocks(letter),
        ]

    def _get_prospecting_block(self, letter):
        """Tell that the objection to prospecting counts at once (Art. 21.3)."""
        scopes = letter.request_id._get_objected_scopes()
        channels = scopes or [self.env._("all channels")]
        return {
            "text": [
                self.env._(
                    "Your objection is recorded and takes effect at once: we no "
                    "longer use your data for prospecting. You need not give any "
                    "reason (Art. 21.2 and 21.3 GDPR)."
                ),
                self.env._(
                    "Channels concerned: %(channels)s.",
                    channels=", ".join(channels),
                ),
                self.env._(
                    "Letters already printed may still reach you for a short time, "
                    "a few weeks at most."
                ),
                self._get_suppression_sentence(),
                self.env._(
                    "Messages about your orders and invoices are not concerned. "
                    "Only you can change this choice."
                ),
            ]
        }

    def _get_other_objection_block(self):
        """Tell that an objection that was weighed is granted (Art. 21.1)."""
        return {
            "text": [
                self.env._(
                    "Your objection is granted: we no longer use your data for the "
                    "purposes you object to (Art. 21.1 GDPR)."
                ),
                self.env._(
                    "What the law or a contract with you obliges us to do with your "
                    "data goes on; you may ask us at any time what this is."
                ),
            ]
        }

    def _get_balancing_blocks(self, letter):
        """Tell how an objection to anything but prospecting was weighed (Art. 21.1)."""
        return [
            {
                "title": self.env._("Your particular situation"),
                "text": item.balancing.splitlines(),
            }
            for item in letter.item_ids
            if item.right == "objection" and item.balancing
        ]

    def _write_restriction(self, letter):
        restriction = letter.request_id.restriction_ids[:1]
        ground = get_label(restriction, "ground") if restriction else "…"
        start = restriction.date_start or fields.Date.context_today(letter)
        return [
            {
                "text": [
                    self.env._(
                        "The use of your data is restricted from %(date)s on "
                        "(Art. 18 GDPR). Ground: %(ground)s.",
                        date=self._day(start),
                        ground=ground,
                    ),
                    self.env._(
                        "From now on we only store them. They are used for nothing "
                        "else, except with your consent, for legal claims, to protect "
                        "another person or for an important public interest "
                        "(Art. 18.2 GDPR), and to deal with your requests."
                    ),
                    self.env._(
                        "You will be told before this restriction is lifted "
                        "(Art. 18.3 GDPR)."
                    ),
                ]
            },
            *self._get_partial_blocks(letter),
            self._get_recipients_block(letter, "restriction"),
        ]

    def _write_restriction_lifting(self, letter):
        restriction = letter.request_id.restriction_ids[:1]
        text = []
        if restriction:
            text.append(
                self.env._(
                    "The use of your data is restricted since %(date)s. Ground: "
                    "%(ground)s. Until now we only stored them.",
                    date=self._day(restriction.date_start),
                    ground=get_label(restriction, "ground"),
                )
            )
        text += [
            self.env._(
                "We tell you, before it happens, that this restriction will be lifted "
                "on %(date)s (Art. 18.3 GDPR). From that day on your data may be used "
                "again for the purposes you were told.",
                date=self._day(letter.date_effect),
            ),
            self.env._("Reasons: %(reason)s", reason=letter.reason or "…"),
            self.env._(
                "If you do not agree, write to us before that day at the address below."
            ),
        ]
        return [{"text": text}]

    def _write_withdrawal(self, letter):
        rows = letter.request_id._get_withdrawn_rows()
        block = {
            "text": [
                self.env._(
                    "You have taken back your consent. This is recorded on %(date)s "
                    "and takes effect at once (Art. 7.3 GDPR).",
                    date=self._day(fields.Date.context_today(letter)),
                )
            ]
        }
        if rows:
            block |= {
                "columns": [
                    self.env._("Purpose"),
                    self.env._("Channel"),
                    self.env._("Withdrawn on"),
                ],
                "rows": rows,
            }
        else:
            block["text"].append(
                self.env._("Purposes concerned: all those you had consented to.")
            )
        return [
            block,
            {
                "text": [
                    self.env._(
                        "What was done before your withdrawal, on the ground of your "
                        "consent, remains lawful."
                    ),
                    self.env._(
                        "It changes nothing to your orders, their follow-up or your "
                        "invoices."
                    ),
                ]
            },
        ]

    def _write_automated(self, letter):
        items = letter.item_ids.filtered(lambda i: i.right == "automated")
        return [
            {
                "text": [
                    self.env._(
                        "A person has looked again at the decision that was taken "
                        "about you, with the power to change it and with your point of "
                        "view (Art. 22.3 GDPR)."
                    ),
                    *[
                        self.env._("Result: %(result)s", result=item.review_result)
                        for item in items
                        if item.review_result
                    ],
                    self.env._("You may contest this decision."),
                ]
            },
            *self._get_partial_blocks(letter),
        ]

    # === DEATH === #

    def _write_heir(self, letter):
        directives = letter.request_id._get_directives()
        known = (
            self.env._(
                "The person left directives with us; they prevail over the wishes of "
                "the heirs."
            )
            if directives
            else self.env._(
                "We know of no directives of the person about their data; if there "
                "are any, they prevail over the wishes of the heirs."
            )
        )
        return [
            {
                "text": [
                    self.env._(
                        "You write to us about the data of a person who has died "
                        "(Art. 85 of the French data protection act)."
                    ),
                    self.env._(
                        "Please send us a document that shows that you are an heir or "
                        "the person in charge: an acte de notoriété, or a copy of the "
                        "livret de famille; and the act of death if we do not have it."
                    ),
                    self.env._("As an heir you may ask for:"),
                ],
                "items": [
                    self.env._(
                        "what is needed to settle the estate: to find and value the "
                        "assets, and the digital goods or family memories to be handed "
                        "over;"
                    ),
                    self.env._(
                        "the death to be recorded: accounts closed, uses of the data "
                        "stopped, or data brought up to date."
                    ),
                ],
            },
            {
                "text": [
                    known,
                    self.env._(
                        "Nothing else can be given: the rights of the person ended "
                        "with them."
                    ),
                ]
            },
            *self._get_partial_blocks(letter),
        ]
