from odoo import fields, models

from ..register.rgpd_selection import get_label


class RgpdLetterText(models.AbstractModel):
    """The words of letters nobody asked for: to recipients, to persons long silent."""

    _inherit = "rgpd.letter.text"

    def _get_writers(self):
        return super()._get_writers() | {
            "recipients": self._write_recipients,
            "retention_end": self._write_retention_end,
            "account_inactive": self._write_account_inactive,
        }

    # === RECIPIENTS === #

    def _write_recipients(self, letter):
        notice = letter.notice_id
        request = letter.request_id
        operation = notice and get_label(notice, "operation") or "…"
        due = notice.date_wanted or fields.Date.add(
            fields.Date.context_today(letter), days=15
        )
        block = {
            "text": [
                self.env._(
                    "We gave you, or you hold on our behalf, data about the person "
                    "named here. Please do the following, in all your files and at "
                    "your own recipients and sub-processors (Art. 19 and 28 GDPR)."
                )
            ],
            "columns": [self.env._("Person"), self.env._("Operation")],
            "rows": [[request._get_recipient_identity(), operation]],
        }
        after = {
            "text": [
                self.env._(
                    "To be done by %(date)s. Please confirm it to us in writing, with "
                    "our reference, or tell us what prevents it.",
                    date=self._day(due),
                ),
                self.env._(
                    "Use what this letter holds for this and for nothing else, and "
                    "destroy it afterwards."
                ),
            ]
        }
        changes = notice.operation == "rectification" and request._get_rectified_rows()
        if changes:
            after |= {
                "columns": [
                    self.env._("Data"),
                    self.env._("Before"),
                    self.env._("After"),
                ],
                "rows": changes,
            }
        return [block, after]

    # === THE COMPANY WRITES FIRST === #

    def _write_retention_end(self, letter):
        links = letter._get_links()
        what, silence = self._get_end(letter)
        return [
            {
                "text": [
                    self._get_last_contact(letter),
                    what,
                    self.env._("One question: would you like us to stay in touch?"),
                ],
                "links": [
                    (self.env._("Yes, let us stay in touch"), links["stay"]),
                ],
            },
            {
                "text": [
                    self.env._(
                        "Your click, confirmed on the page that opens, counts as a new "
                        "contact from you."
                    ),
                    silence,
                    self.env._(
                        "If you would rather not wait (right to erasure, Art. 17 GDPR):"
                    ),
                ],
                "links": [(self.env._("No, erase my data now"), links["erase"])],
            },
            {
                "text": [
                    self.env._(
                        "To receive nothing more from now on (right to object, "
                        "Art. 21 GDPR):"
                    ),
                ],
                "links": [(self.env._("I object"), links["object"])],
            },
            {"text": [self.env._("This is the only message we send about it.")]},
        ]

    def _get_end(self, letter):
        """Say what happens on the day, truly, and that silence lets it happen."""
        day = self._day(letter.date_effect)
        subject = letter.subject_id
        last = subject.date_retention
        is_kept = not last or last >= letter.date_effect
        if subject.phase == "active" and is_kept:
            return (
                self.env._(
                    "We do not use data without a reason: from %(date)s on, yours "
                    "serve for nothing but what the law obliges us to keep (invoices, "
                    "proofs of orders), in a restricted archive; the rest will be "
                    "deleted.",
                    date=day,
                ),
                self.env._(
                    "Without an answer from you, your data leave our customer file on "
                    "that day; you need not do anything."
                ),
            )
        return (
            self.env._(
                "We do not keep data without a reason: yours will be deleted on "
                "%(date)s.",
                date=day,
            ),
            self.env._(
                "Without an answer from you, your data are deleted on that day; you "
                "need not do anything."
            ),
        )

    def _get_last_contact(self, letter):
        if not letter.last_contact:
            return self.env._("We have not heard from you for a long time.")
        return self.env._(
            "Our last contact with you was on %(date)s.",
            date=self._day(letter.last_contact),
        )

    def _write_account_inactive(self, letter):
        used = (
            self.env._(
                "You last used your account on %(date)s.",
                date=self._day(letter.last_contact),
            )
            if letter.last_contact
            else self.env._("You have not used your account for a long time.")
        )
        return [
            {
                "text": [
                    used,
                    self.env._(
                        "It will be closed, and its data erased, on %(date)s, unless "
                        "you log in before that day:",
                        date=self._day(letter.date_effect),
                    ),
                ],
                "links": [(self.env._("Log in"), f"{letter.get_base_url()}/web/login")],
            },
            {
                "text": [
                    self.env._(
                        "Your invoices are kept after that as long as the law obliges "
                        "us to, apart and for no commercial use."
                    ),
                    self.env._(
                        "You may have a copy of your data before: ask for it on your "
                        "account, or at the address below."
                    ),
                ]
            },
        ]
