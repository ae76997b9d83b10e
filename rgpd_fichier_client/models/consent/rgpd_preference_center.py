from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ...core.consent import link
from ...core.consent.evidence import text_digest
from ...core.consent.fold import CHANNELS, CHOICES, fold
from ...core.consent.gate import CHANNELS_OF
from ...core.consent.minor import PARENT, is_child, is_void
from ...core.consent.preference import SAID_NO, YES, get_answer, get_decision
from ...core.consent.renewal import is_renewable
from .rgpd_preference import FREQUENCIES, PREFERRED

HISTORY = 50
DIGEST = 64


class RgpdPreferenceCenter(models.AbstractModel):
    """What a person sees of their choices, and what they do with them (art. 7, 21).

    The controllers only carry what this service says; every act goes through
    ``rgpd.consent._record``. Reading writes nothing.
    """

    _name = "rgpd.preference.center"
    _description = "Preference Centre"

    # === WHAT IS SHOWN === #

    @api.model
    def _get_page(self, subject, company, reach):
        """Return what the page shows, in the language of the context.

        :param reach: :class:`~..core.consent.link.Reach` of who looks
        :return: ``{"channels", "history", "preference", "is_limited", "is_child"}``
        """
        lines = self._get_lines(subject, company, reach)
        names = dict(
            self.env["rgpd.consent"]._fields["channel"]._description_selection(self.env)
        )
        channels = [
            {
                "code": channel,
                "name": names[channel],
                "lines": [line for line in lines if line["channel"] == channel],
            }
            for channel in CHANNELS
        ]
        return {
            "channels": [channel for channel in channels if channel["lines"]],
            "history": self._get_history(subject, company),
            "preference": self._get_preference(subject, company),
            "is_limited": any(not line["may_give"] for line in lines),
            "is_child": is_child(
                self._get_majority(subject),
                self.env["rgpd.consent.event"]._get_today(),
            ),
        }

    @api.model
    def _get_majority(self, subject):
        """Return the day from which a known child consents alone, or ``None``."""
        record = self.env["rgpd.preference.token"]._get_person(subject)
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        addresses = self.env["rgpd.contact.address"]._get(record)
        minors = self.env["rgpd.contact.minor"]
        return minors._get(record, partners, addresses).get(record.id)

    @api.model
    def _get_lines(self, subject, company, reach):
        """Return one line per purpose and channel the person can decide about."""
        # sudo: rgpd.consent.event - the person reads their own choices
        Consent = self.env["rgpd.consent"].sudo()
        acts = Consent._get_acts(subject, company).get(subject.id, [])
        spoken = {(act.purpose, act.channel) for act in acts}
        majority = self._get_majority(subject)
        scopes = self._get_scopes(subject, company, spoken)
        lines = [
            self._prepare_line(purpose, channel, company, acts, reach, majority)
            for purpose, channel in scopes
        ]
        names = self._get_names(scopes)
        for line in lines:
            line["name"] = names[line["purpose"].id, line["channel"]]
        # Nothing is asked without the words that would prove the answer.
        return [
            line
            for line in lines
            if line["yes"]["is_provable"] or line["status"] != "none"
        ]

    @api.model
    def _get_scopes(self, subject, company, spoken):
        """Return ``[(purpose, channel)]``: those offered, and those spoken about.

        Left out: channels without address, offers to professionals for a private
        person and the reverse, similar products for who bought nothing.
        """
        record = self.env["rgpd.preference.token"]._get_person(subject)
        address = self.env["rgpd.contact.address"]._get(record)[record.id]
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        facts = self.env["rgpd.contact.fact"]._get(
            record, partners, "softoptin", "email", company
        )
        is_customer = record.id in facts and bool(facts[record.id].ordered_on)
        # sudo: rgpd.purpose - shown to the public
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
        return [
            (purpose, channel)
            for purpose in purposes.filtered(self._is_choice)
            for channel in purpose._get_channels()
            if channel in CHANNELS_OF.get(purpose.code, CHANNELS)
            and (
                (purpose.code, channel) in spoken
                or (
                    purpose.is_in_preferences
                    and address.has(channel)
                    and self._concerns(purpose.code, address, is_customer)
                )
            )
        ]

    @api.model
    def _get_names(self, scopes):
        """Return ``{(id, channel): name}``, no two alike under one channel.

        :param scopes: pairs of a purpose and a channel
        """
        by_channel = defaultdict(set)
        for purpose, channel in scopes:
            by_channel[channel].add(purpose.id)
        # sudo: rgpd.purpose - shown to the public
        purposes = self.env["rgpd.purpose"].sudo().with_context(lang=self.env.lang)
        return {
            (purpose_id, channel): name
            for channel, ids in by_channel.items()
            for purpose_id, name in purposes.browse(ids)._get_distinct_names().items()
        }

    @api.model
    def _is_choice(self, purpose):
        """Tell whether a person decides about the purpose at all."""
        return purpose.legal_basis in ("consent", "legitimate_interest")

    @api.model
    def _concerns(self, code, address, is_customer):
        """Tell whether a purpose makes sense for the person."""
        if code == "softoptin":
            return is_customer
        if "b2b" in code:
            return address.is_professional
        return "b2c" not in code or not address.is_professional

    @api.model
    def _prepare_line(self, purpose, channel, company, acts, reach, majority):
        """Return what is asked about one purpose on one channel, and what holds."""
        today = self.env["rgpd.consent.event"]._get_today()
        choice = fold(acts, purpose.code, channel, today)
        needs_consent = purpose.legal_basis == "consent"
        is_childs = choice.is_given and is_void(
            majority, choice.moment.date(), choice.actor
        )
        status = "none" if is_childs else choice.status
        yes, no = self._get_texts(purpose, channel, company, status)
        renews = status == "given" and needs_consent and self._renews(choice, today)
        answer = get_answer(status, needs_consent, renews)
        may_give = reach.may_give(acts, purpose.code, channel)
        return {
            "key": f"{purpose.code}.{channel}",
            "purpose": purpose,
            "channel": channel,
            "needs_consent": needs_consent,
            "status": status,
            "is_renewable": renews,
            "answer": answer,
            "is_mailbox_proved": reach.proves_mailbox,
            # Without words to show, a consent could not be proved.
            "may_give": answer == YES or bool(may_give and yes["is_provable"]),
            "yes": yes,
            "no": no,
            "since": self._describe_void() if is_childs else self._describe(choice),
            "hint": self._describe_renewal(choice) if renews else "",
            "text": self._get_agreed_text(choice),
        }

    @api.model
    def _renews(self, choice, today):
        """Tell whether a consent in force is asked again: its end is near."""
        # sudo: rgpd.consent.event - a flag of the person's own choice
        event = self.env["rgpd.consent.event"].sudo().browse(choice.key)
        days = self.env["rgpd.renewal"]._get_days()
        return is_renewable(choice.expires_on, event.is_to_renew, today, days)

    @api.model
    def _describe_renewal(self, choice):
        """Say what leaving the boxes unticked means."""
        if choice.expires_on:
            return self.env._(
                "Agree again to go on. If you choose nothing, it ends on %(end)s.",
                end=format_date(self.env, choice.expires_on),
            )
        return self.env._(
            "We no longer have the text you read: please choose again. Until then your "
            "agreement stays."
        )

    @api.model
    def _get_texts(self, purpose, channel, company, status):
        """Return the words of the two answers: the texts whose choice is recorded."""
        needs_consent = purpose.legal_basis == "consent"
        notice = self._find_notice(purpose, channel, company, "choice")
        if needs_consent:
            plain = self.env._("No")
            if status == "given":
                plain = self.env._("I no longer agree")
            yes = self._prepare_text(notice)
            yes["text"] = yes["text"] or self.env._("I agree")
            return yes, {"text": plain, "digest": ""}
        no = self._prepare_text(notice)
        no["text"] = no["text"] or self.env._("I object to it")
        if status in SAID_NO:
            lift = self._find_notice(purpose, channel, company, "lift")
            yes = self._prepare_text(lift)
            yes["text"] = yes["text"] or self.env._("I have no objection any more")
            return yes, no
        plain = {"text": self.env._("I have no objection"), "digest": ""}
        return plain | {"is_provable": True}, no

    @api.model
    def _find_notice(self, purpose, channel, company, kind):
        """Return ``(notice, purpose, channel, company)``; the notice may be empty."""
        Notice = self.env["rgpd.notice"]
        return Notice._find(purpose, channel, company, kind), purpose, channel, company

    @api.model
    def _prepare_text(self, found):
        """Return the words of a notice; a text with a blank in it proves nothing."""
        notice, purpose, channel, company = found
        if not notice or not notice._is_complete(purpose, company, channel):
            return {"text": "", "digest": "", "is_provable": False}
        text = notice._render_text(purpose, company, self.env.lang, channel)
        return {"text": text, "digest": text_digest(text), "is_provable": True}

    @api.model
    def _describe(self, choice):
        """Say in one sentence what holds and since when."""
        if choice.status == "none":
            return ""
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz="Europe/Paris"), choice.moment
        )
        values = {"date": format_date(self.env, moment.date())}
        if choice.status == "given" and choice.expires_on:
            values["end"] = format_date(self.env, choice.expires_on)
            return self.env._("You agreed on %(date)s, until %(end)s.", **values)
        if choice.status == "expired":
            values["end"] = format_date(self.env, choice.expires_on or moment.date())
            return self.env._("Your agreement ended on %(end)s.", end=values["end"])
        sentences = {
            "given": self.env._("You agreed on %(date)s.", **values),
            "pending": self.env._(
                "You agreed on %(date)s; it counts once you confirm it with the link "
                "of the message we sent you.",
                **values,
            ),
            "refused": self.env._("You refused on %(date)s.", **values),
            "withdrawn": self.env._(
                "You withdrew your agreement on %(date)s.", **values
            ),
            "objected": self.env._("You objected on %(date)s.", **values),
        }
        return sentences[choice.status]

    @api.model
    def _describe_void(self):
        """Say why the consent of a child counts for nothing (art. 8 GDPR)."""
        return self.env._(
            "An agreement given before the age of 15 without the holder of parental "
            "authority does not count."
        )

    @api.model
    def _get_agreed_text(self, choice):
        """Return the very words the choice in force was made about."""
        if not choice.key:
            return ""
        # sudo: rgpd.consent.event - shown to the person it is about
        return self.env["rgpd.consent.event"].sudo().browse(choice.key).notice_text

    @api.model
    def _get_history(self, subject, company):
        """Return the last acts of the person, the latest first."""
        # sudo: rgpd.consent.event - as above
        events = (
            self.env["rgpd.consent.event"]
            .sudo()
            .search(
                [
                    ("subject_id", "=", subject.id),
                    ("company_id", "=", company.id),
                    ("decision", "in", CHOICES),
                ],
                limit=HISTORY,
            )
        )
        names = self._get_names(
            {(event.purpose_id, event.channel) for event in events if event.purpose_id}
        )
        labels = {
            name: dict(events._fields[name]._description_selection(self.env))
            for name in ("decision", "channel", "collection_point")
        }
        return [
            {
                "moment": event.moment.isoformat() + "Z",
                "date": format_datetime(
                    self.env, event.moment, tz="Europe/Paris", dt_format="short"
                ),
                "purpose": names.get((event.purpose_id.id, event.channel))
                or self.env._("All offers"),
                "text": event.notice_text,
                **{name: labels[name][event[name]] for name in labels},
            }
            for event in events.with_context(lang=self.env.lang)
        ]

    @api.model
    def _get_preference(self, subject, company):
        """Return the frequency and the channel the person likes, with the lists."""
        Preference = self.env["rgpd.preference"]
        frequency, channel = Preference._get(subject, company)
        lists = {
            name: Preference._fields[name]._description_selection(self.env)
            for name in ("frequency", "channel")
        }
        return {
            "frequency": frequency,
            "channel": channel or "",
            "frequencies": [r for r in lists["frequency"] if r[0] in dict(FREQUENCIES)],
            "channels": [r for r in lists["channel"] if r[0] in dict(PREFERRED)],
        }

    # === ACTS === #

    @api.model
    def _read_answers(self, form):
        """Return ``{key: {"choice", "yes", "no"}}`` from what a browser sent.

        Anything may come from outside; what is not understood counts for nothing.
        """
        answers = {}
        for name, value in form.items():
            part, dot, key = name.partition(".")
            if dot and part in ("choice", "yes", "no") and isinstance(value, str):
                answers.setdefault(key, {})[part] = value[:DIGEST]
        return answers

    @api.model
    def _apply(self, subject, company, reach, form, *, point):
        """Record what the person changed; nothing else.

        :param form: as sent by the browser
        :param point: collection point of the events
        :return: ``(events, problems)``; problems are sentences to show
        """
        answers = self._read_answers(form)
        lines = self._get_lines(subject, company, reach)
        rows = self._get_decisions(lines, answers)
        first, second = self._get_moments(subject, company, rows)
        by = self._read_actor(form)
        events, problems = self.env["rgpd.consent.event"], []
        for line, decision, answer in rows:
            moment = second if decision == "given" else first
            act = by | {"collection_point": point, "moment": moment}
            try:
                events |= self._record(subject, company, line, decision, answer, act)
            except UserError as error:
                problems.append(str(error))
        self._apply_preference(subject, company, form)
        return events, list(dict.fromkeys(problems))

    @api.model
    def _read_actor(self, form):
        """Return who acts: the person, or a parent who says so and gives their name."""
        if not form.get("is_guardian"):
            return {"actor": "self"}
        return {"actor": PARENT, "guardian": str(form.get("guardian") or "")}

    @api.model
    def _get_decisions(self, lines, answers):
        """Return ``[(line, decision, answer)]`` to record, what is said no to first."""
        rows = []
        for line in lines:
            answer = answers.get(line["key"], {})
            decision = get_decision(
                line["status"],
                line["needs_consent"],
                answer.get("choice"),
                line["is_renewable"],
            )
            if decision:
                rows.append((line, decision, answer))
        rows += self._get_confirmed(lines, rows, answers)
        return sorted(rows, key=lambda row: row[1] == "given")

    @api.model
    def _get_moments(self, subject, company, rows):
        """Return the moments of what is said no to and of what is said yes to.

        A yes given on the same page as a no to another purpose of the channel must
        stay a yes: the no is dated one second before. Never before an earlier act of
        the person, which would then overrule it; on equal moments the no counts.
        """
        now = fields.Datetime.now()
        decisions = {decision for _line, decision, _answer in rows}
        if len(decisions) < 2 or "given" not in decisions:
            return now, now
        # sudo: rgpd.consent - only moments are read
        acts = self.env["rgpd.consent"].sudo()._get_acts(subject, company)
        before = now - timedelta(seconds=1)
        last = max((act.moment for act in acts.get(subject.id, ())), default=before)
        return max(before, last), now

    @api.model
    def _get_confirmed(self, lines, rows, answers):
        """Return the consents to confirm because an objection would cover them.

        The person ticked yes to one thing and no to another on the same channel: the
        objection recorded first takes both, the consent repeated after it stands.
        """
        objected = {line["channel"] for line, act, _answer in rows if act == "objected"}
        decided = {line["key"] for line, _act, _answer in rows}
        return [
            (line, "given", answers[line["key"]])
            for line in lines
            if line["channel"] in objected
            and line["key"] not in decided
            and line["needs_consent"]
            and line["status"] == "given"
            and answers.get(line["key"], {}).get("choice") == YES
        ]

    @api.model
    def _record(self, subject, company, line, decision, answer, act):
        """Record one answer as an act of the person.

        :param act: who acts, where and when, as for ``rgpd.consent._record``
        """
        if decision == "given" and not line["may_give"]:
            raise UserError(
                self.env._("To agree again, ask for a new link: this one is too old.")
            )
        version = self._get_version(line, company, decision, answer)
        if decision == "given" and not version:
            raise UserError(
                self.env._("The text has changed: read it again, then choose.")
            )
        # sudo: rgpd.consent - the act of a visitor who has no rights
        Consent = self.env["rgpd.consent"].sudo()
        return Consent._record(
            subject,
            line["purpose"].code,
            line["channel"],
            decision,
            version=version,
            method="button",
            company=company,
            is_mailbox_proved=line["is_mailbox_proved"],
            **act,
        )

    @api.model
    def _get_version(self, line, company, decision, answer):
        """Return the version of the words the person answered to."""
        if decision == "given":
            kind, digest = "choice", answer.get("yes")
            if not line["needs_consent"]:
                kind = "lift"
        elif decision == "objected":
            kind, digest = "choice", answer.get("no")
        else:
            return None
        if not digest:
            return None
        notice, *scope = self._find_notice(
            line["purpose"], line["channel"], company, kind
        )
        return notice and notice._get_shown_version(
            scope[0], line["channel"], company, digest
        )

    @api.model
    def _apply_preference(self, subject, company, form):
        """Keep how the person likes to be contacted, when the page asked it."""
        if "frequency" in form or "preferred" in form:
            self.env["rgpd.preference"]._set(
                subject, company, form.get("frequency"), form.get("preferred")
            )

    @api.model
    def _object(self, subject, company, channel, point="preferences"):
        """Record an objection to all offers on a channel; once is enough.

        Art. 21.2 and 21.3 GDPR: immediate, without reason, free.

        :param channel: a channel, or ``all``
        :rtype: rgpd.consent.event
        """
        # sudo: rgpd.consent - the act of a visitor who has no rights
        Consent = self.env["rgpd.consent"].sudo()
        acts = Consent._get_acts(subject, company).get(subject.id, [])
        if link.is_objected_already(acts, channel):
            return self.env["rgpd.consent.event"]
        return Consent._record(
            subject,
            None,
            channel,
            "objected",
            method="button",
            collection_point=point,
            company=company,
            actor="self",
        )

    # === HELPERS === #

    @api.model
    def _get_lang(self, subject, wanted=None):
        """Return the language to speak to a person.

        The one they chose on the page, else theirs, else that of the page.
        """
        record = self.env["rgpd.preference.token"]._get_person(subject)
        lang = record.lang if record and "lang" in record._fields else None
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return next(
            (code for code in (wanted, lang) if code in installed), self.env.lang
        )
