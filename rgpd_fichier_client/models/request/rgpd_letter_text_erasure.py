from odoo import fields, models


class RgpdLetterText(models.AbstractModel):
    """What the letters tell about an erasure: done, in part, and what follows."""

    _inherit = "rgpd.letter.text"

    def _write_erasure(self, letter):
        erasures = letter.request_id.erasure_ids
        text = [
            self.env._(
                "Your data were erased from our files on %(date)s.",
                date=self._get_erased_on(letter),
            ),
            self.env._(
                "This covers your contact details, your account, our exchanges, your "
                "documents and everything else that led to you in our software; what "
                "remains are figures from which nobody can be recognised."
            ),
            self._get_backup_sentence(letter.company_id),
        ]
        text += self._get_objector_sentences(letter)
        text.append(
            self.env._(
                "Nothing else is kept about you, apart from this request and our "
                "answer, as proof that we dealt with it."
            )
        )
        if erasures:
            text.append(self._get_certificate_sentence(erasures))
        return [{"text": text}, self._get_recipients_block(letter, "erasure")]

    def _write_erasure_partial(self, letter):
        request = letter.request_id
        rows = request._get_kept_rows()
        kept = {
            "title": self.env._("What stays, why and until when"),
            "text": [
                self.env._(
                    "The data on your invoices, which the law obliges us to keep for "
                    "ten years from the end of the financial year (Art. 17.3 b GDPR, "
                    "L123-22 of the French commercial code), and what the table shows."
                ),
            ],
        }
        if rows:
            kept |= {
                "columns": [
                    self.env._("Data"),
                    self.env._("Why"),
                    self.env._("Until"),
                ],
                "rows": rows,
            }
        else:
            kept["text"].append(self._get_invoice_end(letter))
        return [
            {
                "title": self.env._("What is erased"),
                "text": [
                    self.env._(
                        "Your data were erased from our files on %(date)s, except what "
                        "the law obliges us to keep.",
                        date=self._get_erased_on(letter),
                    ),
                    self._get_backup_sentence(letter.company_id),
                    *self._get_objector_sentences(letter),
                    *(
                        [self._get_certificate_sentence(request.erasure_ids)]
                        if request.erasure_ids
                        else []
                    ),
                ],
            },
            kept,
            {
                "text": [
                    self.env._(
                        "What stays is in an archive that only the persons in charge "
                        "of accounting and of disputes may open. It is used for no "
                        "commercial purpose, and erased by itself on the day shown."
                    )
                ]
            },
            *self._get_partial_blocks(letter),
            self._get_recipients_block(letter, "erasure"),
        ]

    def _get_invoice_end(self, letter):
        return self.env._(
            "Each invoice is kept until ten years after the closing of its financial "
            "year."
        )

    def _get_erased_on(self, letter):
        moments = [e.erased_on for e in letter.request_id.erasure_ids if e.erased_on]
        day = max(moments).date() if moments else fields.Date.context_today(letter)
        return self._day(day)

    def _get_backup_sentence(self, company):
        return self.env._(
            "Our backups, which nobody works with, still hold them for at most "
            "%(days)s days; should one be restored, your data would be erased again.",
            days=company.rgpd_backup_days,
        )

    def _get_certificate_sentence(self, erasures):
        return self.env._(
            "A certificate, which names nobody, keeps the proof of it: %(references)s.",
            references=", ".join(erasures.mapped("reference")),
        )
