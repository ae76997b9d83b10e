from odoo import models

from ..register.rgpd_selection import get_label


class RgpdLetterText(models.AbstractModel):
    """What the answer tells about the copy that goes with it."""

    _inherit = "rgpd.letter.text"

    def _write_access(self, letter):
        request = letter.request_id
        items = letter.item_ids
        held = bool(request._get_person()) and not (
            items and set(items.mapped("decision")) == {"none"}
        )
        if not held:
            blocks = [
                {
                    "text": [
                        self.env._(
                            "Do we process data about you? No. We looked for you with "
                            "what you told us and hold no data about you, apart from "
                            "this request and our answer."
                        )
                    ]
                }
            ]
        else:
            blocks = [self._get_copy_block(letter)]
        blocks += self._get_partial_blocks(letter)
        if "access" in items.mapped("right") or not items:
            blocks += self.env["rgpd.access.information"]._get(
                request._get_person(), request.company_id
            )
        return blocks

    def _get_copy_block(self, letter):
        return {
            "text": [
                self.env._(
                    "Do we process data about you? Yes. You find below what Art. 15 "
                    "GDPR asks us to tell you."
                ),
                self._get_way_sentence(letter),
                self.env._(
                    "The copy is an encrypted archive: a page to read in your "
                    "browser (index.html), a spreadsheet per kind of data (CSV), the "
                    "same data for machines (JSON), and your documents as PDF or "
                    "files. Its password reaches you separately, by %(channel)s.",
                    channel=get_label(letter, "password_channel"),
                ),
                self.env._(
                    "Names, e-mail addresses and phone numbers of other people are "
                    "masked in it, to protect their own data and freedoms (Art. 15.4 "
                    "GDPR); passwords and access keys are never copied."
                ),
                *self._get_withheld_sentences(letter),
            ]
        }

    def _write_portability(self, letter):
        return [
            {
                "text": [
                    self.env._(
                        "This is about the data you provided to us yourself, by your "
                        "statements and by using our services, and that we use with "
                        "your consent or to perform a contract with you (Art. 20 GDPR)."
                    ),
                    self._get_way_sentence(letter),
                    self.env._(
                        "Format: structured, commonly used and machine-readable files "
                        "(JSON and CSV, UTF-8, with the description of the fields), in "
                        "an encrypted archive. Its password reaches you separately, by "
                        "%(channel)s.",
                        channel=get_label(letter, "password_channel"),
                    ),
                    *self._get_withheld_sentences(letter),
                    self.env._(
                        "You may pass these data on to anybody. If you ask for it, and "
                        "where it is technically feasible, we send them directly to "
                        "the service you name."
                    ),
                    self.env._(
                        "This does not erase your data from our files: what we derived "
                        "ourselves, or keep for a legal obligation, is not part of it. "
                        "An access request gives you a copy of everything."
                    ),
                ]
            },
            *self._get_partial_blocks(letter),
        ]

    # === RECTIFICATION, ERASURE === #

    def _get_withheld_sentences(self, letter):
        """Tell that whole records stay out of the copy, and on which ground."""
        copy = letter.request_id._get_copy(letter.kind)
        withheld = copy.line_ids.filtered(lambda line: line.decision == "withhold")
        texts = {
            "others": self.env._(
                "Some records are left out of the copy as a whole, because they would "
                "tell about other people: their rights and freedoms stand in the way "
                "(Art. 15.4 and 20.4 GDPR)."
            ),
            "secret": self.env._(
                "Some records are left out of the copy as a whole, because they hold a "
                "business secret (Art. 15.4 and 20.4 GDPR, recital 63)."
            ),
        }
        grounds = set(withheld.mapped("ground"))
        sentences = [text for ground, text in texts.items() if ground in grounds]
        if copy.large_count:
            sentences.append(
                self.env._(
                    "Some texts are too long to be shown in the copy with other "
                    "people masked; it says where they are. Ask us for them: we hand "
                    "them over separately."
                )
            )
        return sentences

    def _get_way_sentence(self, letter):
        """Tell how the copy reaches the person."""
        if not letter._has_copy_link():
            return self.env._("The copy of your data goes with this letter.")
        if letter._get_copy_gate() == "login":
            return self.env._(
                "The copy of your data is ready: a separate e-mail holds the link to "
                "download it, once, within %(days)s days, after logging in to your "
                "account.",
                days=letter.company_id.rgpd_copy_link_days,
            )
        return self.env._(
            "The copy of your data is ready: a separate e-mail holds the link to "
            "download it, once, within %(days)s days, with a code that is sent to the "
            "same address when you ask for it.",
            days=letter.company_id.rgpd_copy_link_days,
        )
