import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Without the letters and digits that look alike: some people type the link.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 16  # of 32 signs each: 80 bits, which nobody guesses
PATH = "/stop/"
# The end of a link moves by this much at least.
STEP = timedelta(days=30)
# A link to read what the person is told leads elsewhere: it objects to nothing.
NOTICE = "notice"
NOTICE_PATH = "/told/"


class RgpdShortLink(models.Model):
    """The way out of an SMS, where each character is paid for (L. 34-5 CPCE).

    A random code names a person, a company and a channel, and lets object to offers
    there: it shows no choice and gives none back. Each SMS of a person carries the same
    code, so that there is one row per person; it ends some time after the last SMS.
    Another code, of the channel ``notice``, only shows the text of Art. 14.
    """

    _name = "rgpd.short.link"
    _description = "Short Link to Object"
    _log_access = False

    code = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    subject_id = fields.Many2one(
        "rgpd.subject", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    channel = fields.Char(required=True, readonly=True)
    date_expires = fields.Datetime(required=True, readonly=True, index=True)

    _code_unique = models.UniqueIndex("(code)", "The code of a link is its own.")
    _once = models.UniqueIndex(
        "(subject_id, company_id, channel)", "A person has one link per channel."
    )

    # === ENTRY POINTS === #

    @api.model
    def _get_urls(self, records, company, channel="sms"):
        """Return ``{res_id: short link by which the person objects}``, set-based.

        :param records: recordset of any anchor model
        :param company: the controller who writes
        :param channel: the channel to object to, or ``notice`` to read
        """
        # sudo: rgpd.subject - whoever sends a message may carry the link
        subjects = self.env["rgpd.subject"].sudo()._of(records)
        codes = self._get_codes(subjects, company, channel)
        return {
            subject.res_id: self._get_url(company, codes[subject.id], channel)
            for subject in subjects
        }

    @api.model
    def _get_sample_url(self, company):
        """Return a link of nobody, as long as that of a person, to count characters."""
        return self._get_url(company, "x" * LENGTH)

    @api.model
    def _read(self, code, *, is_notice=False):
        """Return whom a code is about, or ``None``.

        Unknown and ended codes, those of persons who are gone and those that serve
        something else are the same.

        :return: ``(rgpd.subject, res.company, channel)``, records with all rights
        """
        # sudo: rgpd.short.link - the code is the right of the visitor
        row = self.sudo().search(
            [
                ("code", "=", (code or "").strip().lower()),
                ("date_expires", ">", fields.Datetime.now()),
                ("channel", "=" if is_notice else "!=", NOTICE),
            ]
        )
        subject = row.subject_id.with_context(active_test=False)
        subject = subject and subject._get_survivor()
        if not self.env["rgpd.preference.token"]._get_person(subject):
            return None
        return subject, row.company_id, row.channel

    # === HELPERS === #

    @api.model
    def _get_url(self, company, code, channel="sms"):
        path = NOTICE_PATH if channel == NOTICE else PATH
        return f"{company.get_base_url()}{path}{code}"

    @api.model
    def _get_codes(self, subjects, company, channel):
        """Return ``{subject id: code}``; a code that has ended is replaced.

        A row is written when there is none, when it has ended, or once in a while to
        move its end: a queue holds its transaction open while the provider answers, and
        another one that wrote the same row would send its SMS again.
        """
        if not subjects:
            return {}
        now = fields.Datetime.now()
        days = self.env["rgpd.preference.token"]._get_days(
            "unsubscribe_link_days", 1095
        )
        expires = now + timedelta(days=days)
        subjects.flush_recordset()
        known = self._query_codes(subjects.ids, company, channel)
        stale = {
            subject_id
            for subject_id, (_code, ends) in known.items()
            if ends <= now or expires - ends >= STEP
        }
        to_write = sorted((set(subjects.ids) - set(known)) | stale)
        if to_write:
            # In the order of the persons: two queues never wait for each other.
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO rgpd_short_link AS l
                           (subject_id, company_id, channel, code, date_expires)
                    SELECT wanted.subject_id, %(company)s, %(channel)s, wanted.code,
                           %(expires)s
                      FROM UNNEST(%(ids)s, %(codes)s) AS wanted (subject_id, code)
                        ON CONFLICT (subject_id, company_id, channel) DO UPDATE
                       SET code = CASE WHEN l.date_expires <= %(now)s
                                       THEN EXCLUDED.code ELSE l.code END,
                           date_expires = EXCLUDED.date_expires
                    """,
                    company=company.id,
                    channel=channel,
                    expires=expires,
                    now=now,
                    ids=to_write,
                    codes=[self._make_code() for _id in to_write],
                )
            )
            self.invalidate_model()
            known = self._query_codes(subjects.ids, company, channel)
        return {subject_id: code for subject_id, (code, _ends) in known.items()}

    @api.model
    def _query_codes(self, ids, company, channel):
        """Return ``{subject id: (code, end)}`` of the links there are."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT subject_id, code, date_expires
                  FROM rgpd_short_link
                 WHERE subject_id = ANY(%s) AND company_id = %s AND channel = %s
                """,
                list(ids),
                company.id,
                channel,
            )
        )
        return {subject_id: (code, ends) for subject_id, code, ends in rows}

    @api.model
    def _make_code(self):
        return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))

    @api.model
    def _forget(self, subjects):
        """Delete the links of persons who are erased."""
        # sudo: rgpd.short.link - the eraser works for whoever asks
        self.sudo().search([("subject_id", "in", subjects.ids)]).unlink()

    @api.autovacuum
    def _gc_links(self):
        """Delete the links that have ended."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM rgpd_short_link WHERE date_expires <= %s",
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()
