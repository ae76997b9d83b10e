from odoo import api, fields, models
from odoo.tools import format_date

from ...core.request import clock, letters
from ..register.rgpd_selection import get_label
from .rgpd_access_information import CNIL


class RgpdLetterText(models.AbstractModel):
    """The words of the letters, with every element the law asks for.

    Each letter is a list of blocks (`title`, `text`, `items`, `columns`, `rows`) in the
    language of the context. The company's own words are in the mail templates around
    them; what is here cannot be left out.
    """

    _name = "rgpd.letter.text"
    _description = "Words of the Letters about Rights"

    # === ENTRY POINTS === #

    @api.model
    def _get_blocks(self, letter):
        """Return the blocks of one letter.

        :param letter: `rgpd.request.letter`, a draft or not
        :rtype: list[dict]
        """
        # sudo: register, reasons, certificates - the person is told all that concerns
        # them, whoever writes
        blocks = self._get_writers()[letter.kind](letter.sudo())
        if letter.note:
            blocks.append({"text": letter.note.splitlines()})
        return [block for block in blocks if block]

    @api.model
    def _get_footer(self, letter):
        """Return the lines that end the letter: who answers, what about, remedies."""
        letter = letter.sudo()
        company, request = letter.company_id, letter.request_id
        lines = [self._get_controller_line(company)]
        reference = self.env._(
            "Our reference: %(reference)s", reference=letter._get_reference()
        )
        lines.append(reference)
        if request:
            lines.append(
                self.env._(
                    "Request received on %(date)s. Rights exercised: %(rights)s.",
                    date=self._day(request.date_received),
                    rights=self._get_rights(request.item_ids),
                )
            )
        lines.append(self._get_contact_line(company))
        if not letters.LETTERS[letter.kind].to_recipient:
            lines += self._get_remedies(letter)
        return lines

    @api.model
    def _get_writers(self):
        """Return `{kind: method that writes its blocks}`; add-ons may add their own."""
        return {
            "acknowledgement": self._write_acknowledgement,
            "identity": self._write_identity,
            "clarification": self._write_clarification,
            "extension": self._write_extension,
            "refusal": self._write_refusal,
        }

    # === FOOTER === #

    def _get_controller_line(self, company):
        address = company.partner_id._display_address(without_company=True)
        place = ", ".join(line for line in address.splitlines() if line.strip())
        return self.env._(
            "Controller: %(company)s",
            company=", ".join(filter(None, (company.name, place))),
        )

    def _get_contact_line(self, company):
        contact = company._get_rgpd_contact()
        ways = [contact["name"], contact["email"], contact["phone"]]
        return self.env._(
            "%(label)s: %(ways)s",
            label=contact["label"],
            ways=", ".join(dict.fromkeys(filter(None, ways))),
        )

    def _get_remedies(self, letter):
        lines = [
            self.env._(
                "You may complain at any time to the French authority (Art. 77 GDPR): "
                "%(cnil)s",
                cnil=CNIL,
            )
        ]
        told = set(letter.item_ids.mapped("decision"))
        if letters.LETTERS[letter.kind].remedy or told & {"refused", "partial"}:
            lines.append(
                self.env._(
                    "You may also go to court against this decision (Art. 79 GDPR): "
                    "the court of the place where we are established, or of the place "
                    "where you live."
                )
            )
        return lines

    # === STEPS ON THE WAY === #

    def _write_acknowledgement(self, letter):
        request = letter.request_id
        text = [
            self.env._(
                "We received your request on %(date)s (%(channel)s). We understand "
                "that you exercise: %(rights)s.",
                date=self._day(request.date_received),
                channel=get_label(request, "channel").lower(),
                rights=self._get_rights(request.item_ids),
            ),
            self.env._(
                "We will answer at the latest on %(date)s.",
                date=self._day(request.date_due),
            ),
            self.env._(
                "If your request is complex, or requests are numerous, this period may "
                "be extended by two months; we would then tell you before that day, "
                "with the reasons."
            ),
            self._get_identity_step(request),
            self.env._("Exercising your rights is free of charge."),
            self.env._(
                "If we have misunderstood what you ask for, or for any question, write "
                "to us at the address below, with the reference of your request."
            ),
        ]
        return [{"text": text}]

    def _get_identity_step(self, request):
        if request.identity_status == "known":
            return self.env._("You need not prove your identity any further.")
        return self.env._(
            "So as not to give your data to somebody else, we will ask you for what is "
            "needed to be sure that you are the person concerned."
        )

    def _write_identity(self, letter):
        return [
            {
                "text": [
                    self.env._(
                        "So as not to give your data to somebody else, we need to be "
                        "sure of who is asking. We have a reasonable doubt, for this "
                        "reason:"
                    ),
                    letter.reason or "…",
                    self.env._("Please choose one of these means:"),
                ],
                "items": [
                    self.env._("your customer number with the details of one order;"),
                    self.env._(
                        "a code that we send to an e-mail address or a phone number "
                        "you gave us before;"
                    ),
                    self.env._(
                        "the number and the total amount of your last order or invoice."
                    ),
                ],
            },
            {
                "text": [
                    self.env._(
                        "Only if none of these is possible, as a last resort, you may "
                        "send a copy of an identity document; hide everything on it "
                        "but your surname, your first name and its date of validity."
                    ),
                    self.env._(
                        "What you send is used to check your identity and for nothing "
                        "else. It is destroyed once the check is done."
                    ),
                    self.env._(
                        "The time we have to answer stands still until then; it runs "
                        "again on the day we receive your answer (Art. 12.6 GDPR)."
                    ),
                    self.env._(
                        "Your request is not refused and this has no adverse "
                        "consequence for you: you may send this proof when it suits "
                        "you."
                    ),
                ]
            },
        ]

    def _write_clarification(self, letter):
        return [
            {
                "text": [
                    self.env._("To answer you well, we need to know more about this:"),
                    letter.reason or "…",
                    self.env._(
                        "You need not give your reasons. If it helps, you may name a "
                        "period, an order, a shop or a kind of document; we hold a "
                        "large quantity of data and it will be found sooner "
                        "(recital 63 GDPR)."
                    ),
                    self.env._(
                        "The period to answer goes on meanwhile: we will answer at the "
                        "latest on %(date)s, with what we have understood if you do "
                        "not write back.",
                        date=self._day(letter.request_id.date_due),
                    ),
                    self.env._("Your right is not refused."),
                ]
            }
        ]

    def _write_extension(self, letter):
        request = letter.request_id
        due = clock.compute_due(
            request.date_received,
            extended=True,
            suspensions=request._get_suspensions(),
            today=fields.Date.context_today(letter),
        )
        text = [
            self.env._(
                "We received your request on %(date)s and cannot answer it within one "
                "month. The period is extended by two months: we will answer at the "
                "latest on %(due)s (Art. 12.3 GDPR).",
                date=self._day(request.date_received),
                due=self._day(due.plan),
            ),
            self.env._("The reasons are these:"),
            letter.reason or "…",
        ]
        done = letter.done_text or self.env._(
            "your request is registered and the search of your data has begun."
        )
        text.append(self.env._("What is done already: %(done)s", done=done))
        return [{"text": text}]

    # === REFUSAL === #

    def _write_refusal(self, letter):
        items = letter.item_ids or letter.request_id.item_ids
        blocks = [
            {
                "text": [
                    self.env._(
                        "We have examined your request received on %(date)s. We cannot "
                        "grant it, for the reasons given below.",
                        date=self._day(letter.request_id.date_received),
                    )
                ]
            }
        ]
        return blocks + [self._get_refusal_block(item) for item in items]

    def _get_refusal_block(self, item):
        """Return decision, facts, ground with its text, and what remains possible."""
        ground = self.env["rgpd.request.ground"]._of(item.ground)
        decision = get_label(item, "decision") or self.env._("Refused")
        text = [self.env._("Decision: %(decision)s.", decision=decision)]
        if item.note:
            text.append(self.env._("Facts: %(facts)s", facts=item.note))
        if ground:
            text.append(
                self.env._(
                    "Ground: %(name)s (%(article)s). %(text)s",
                    name=ground.name,
                    article=ground.article,
                    text=ground.text,
                )
            )
            text.append(
                self.env._(
                    "What remains possible: %(remains)s", remains=ground.remains or "–"
                )
            )
        return {"title": item._get_right_label(), "text": text}

    def _get_partial_blocks(self, letter):
        """Return what is refused beside what is granted."""
        return [
            self._get_refusal_block(item)
            for item in letter.item_ids
            if item.decision == "partial"
        ]

    # === WORDS === #

    def _day(self, day):
        """Return a date written out, in the language of the context."""
        return format_date(self.env, day, date_format="long") if day else "…"

    def _get_rights(self, items):
        return ", ".join(item._get_right_label() for item in items) or "–"
