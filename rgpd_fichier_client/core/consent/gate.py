"""May we contact this person, for this purpose, on this channel, now?

:func:`decide` is the only place where the conditions of the law live. It is given
everything it needs in a :class:`Situation` and answers with a :class:`Verdict`: a
reason code and the article. What is not known counts against contacting.

Order of the questions, the first that answers wins:

1. is the person there, not erased, not restricted (the duties of art. 12, 34 and 18.2
   are served all the same);
2. purposes that are not advertising (an order, an invoice, a claim) are served:
   no objection to prospecting stops them;
3. did the person object, refuse or withdraw, here or through the suppression list;
4. is there an address for the channel;
5. the conditions of the purpose itself;
6. did the person ask for fewer offers, and is it too soon for another.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .fold import CHANNELS, NO_CHOICE, PROSPECTING, Choice
from .hours import CallingRules, calling_time
from .minor import ARTICLE as ART_8
from .minor import PARENT, is_child, is_void

OBJECTION = "Art. 21.3 RGPD"
CONSENT = "Art. 7 RGPD"
L34_5 = "Art. L. 34-5 CPCE"
L223_1 = "Art. L. 223-1 C. conso."
D223_9 = "Art. D. 223-9 C. conso."
DECREE_PHONE = "Décret 2026-662"
LEGITIMATE = "Art. 6.1.f RGPD"
ART_82 = "Art. 82 LIL"
ART_45 = "Art. 6.1.f RGPD, art. 45 LIL"

# Purposes the person expects or the law asks for, with their basis.
SERVICE = {
    "order": "Art. 6.1.b RGPD",
    "quote": "Art. 6.1.b RGPD",
    "invoice": "Art. 6.1.c RGPD",
    "account": "Art. 6.1.b RGPD",
    "after_sales": "Art. 6.1.b RGPD",
    "claim": "Art. 6.1.b RGPD",
    "litigation": LEGITIMATE,
    "unpaid": LEGITIMATE,
    "rights": "Art. 6.1.c RGPD",
    "breach": "Art. 34 RGPD",
}
# Duties towards the person and defence of claims: the only uses that a restriction
# (art. 18.2) or an archived record leaves open.
DUTIES = {"rights", "breach", "litigation"}
# Channels that reach somebody; the others hand data over, or watch.
REACHING = {"email", "sms", "phone", "post"}
# Channels on which offers leave no more often than the person wishes.
WISHED = {"email", "sms"}
TOO_SOON = "too_soon"
# Legitimate interest, no advertising: open until the person says no.
UNTIL_OBJECTION = {"survey", "review", "loyalty", "contest"}
# Channels on which each advertising purpose may be used at all.
CHANNELS_OF = {
    "prospect_email_b2c": {"email"},
    "prospect_sms_b2c": {"sms"},
    "softoptin": {"email", "sms"},
    "prospect_b2b_email": {"email", "sms"},
    "prospect_phone_b2c": {"phone"},
    "prospect_phone_b2b": {"phone"},
    "prospect_postal": {"post"},
    "prospect_robot": {"phone"},
    "partner_electronic": {"partners"},
    "partner_postal": {"partners"},
    "referral": {"email", "sms", "post"},
    "mail_tracking": {"tracking"},
    "sms_tracking": {"tracking"},
    "cookies": {"tracking"},
}
REFUSALS = {
    "objected": ("objected", OBJECTION),
    "withdrawn": ("consent_withdrawn", "Art. 7.3 RGPD"),
    "refused": ("consent_refused", "Art. 4.11 RGPD"),
}


@dataclass(frozen=True)
class Declared:
    """What the company declares about its messages and forms; false by default.

    A condition nobody vouches for is not met: the burden of proof is on the sender.
    """

    similar_only: bool = False
    unsubscribe_in_messages: bool = False
    objection_at_collection_since: date | None = None
    profession_only: bool = False
    informs_at_collection: bool = False
    contract_calls_only: bool = False
    banned_sector: bool = False
    press: bool = False


@dataclass(frozen=True)
class Facts:
    """What the records say about the relation with one person.

    :param ordered_on: day of the last confirmed order or invoice with the company
        that asks, or ``None``
    :param objection_offered: the person could object when that order was taken
    :param current_contract: an order is being carried out
    :param calls: UTC moments of the recent commercial calls
    :param call_refused_on: UTC moment the person last refused a call, or ``None``
    :param referred_once: the one message of a referral has already been sent
    """

    ordered_on: date | None = None
    objection_offered: bool = False
    current_contract: bool = False
    calls: tuple = ()
    call_refused_on: datetime | None = None
    referred_once: bool = False


@dataclass(frozen=True)
class Situation:
    """Everything a verdict depends on.

    :param now: naive UTC datetime
    :param local: the person's own time, for the calling hours
    :param choice: the fold for this purpose and channel
    :param other_choice: the fold of the consent purpose of the same channel, which
        a legitimate interest must not walk round
    :param suppressed: on the suppression list; ``None`` when it cannot be read
    :param address: kind of address on the channel, ``None`` when there is none,
        ``unknown`` when the lists that tell the kinds apart cannot be read
    :param blocked: reason code of another topic (erased, restricted), or ``None``
    :param bounces: the address of the channel returns what is sent
    :param majority: day from which the person consents alone (art. 8 GDPR), ``None``
        for those nobody knows as a child
    :param open_on: first day on which the person wishes for another offer by e-mail or
        SMS, ``None`` for those who asked for nothing or got none lately
    """

    purpose: str
    channel: str
    now: datetime
    local: datetime
    choice: Choice = NO_CHOICE
    other_choice: Choice = NO_CHOICE
    suppressed: bool | None = False
    address: str | None = None
    is_professional: bool = False
    blocked: str | None = None
    facts: Facts = Facts()
    declared: Declared = Declared()
    calling: CallingRules | None = CallingRules()
    extra_holidays: frozenset = field(default_factory=frozenset)
    bounces: bool = False
    majority: date | None = None
    open_on: date | None = None

    @property
    def is_child_alone(self):
        """Tell whether the consent was given by a child without their parent."""
        given_on = self.choice.moment and self.choice.moment.date()
        return bool(given_on) and is_void(self.majority, given_on, self.choice.actor)

    @property
    def is_child_without_parent(self):
        """Tell whether this is a child whose parent agreed to no offers like these."""
        choices = (self.choice, self.other_choice)
        return is_child(self.majority, self.local.date()) and not any(
            choice.is_given and choice.actor == PARENT for choice in choices
        )

    @property
    def has_consent(self):
        """Tell whether a consent was given by somebody who could give it."""
        return self.choice.is_given and not self.is_child_alone


@dataclass(frozen=True)
class Verdict:
    """The answer, why, and which text says so; the day it changes, where it does."""

    allowed: bool
    code: str
    article: str
    open_on: date | None = None


def _no(code, article):
    return Verdict(False, code, article)


def _yes(code, article):
    return Verdict(True, code, article)


def decide(situation):
    """Return the :class:`Verdict` for a :class:`Situation`; never raises on facts."""
    s = situation
    if s.channel not in CHANNELS:
        return _no("unknown_channel", LEGITIMATE)
    if s.blocked and not _is_open_despite(s):
        return _no(s.blocked, BLOCKED_ARTICLES.get(s.blocked, "Art. 5.1 RGPD"))
    if s.purpose in SERVICE:
        return _service(s)
    verdict = _refusal(s) or _address(s) or _purpose(s)
    return (verdict.allowed and _too_soon(s)) or verdict


BLOCKED_ARTICLES = {
    "person_missing": "Art. 5.1.d RGPD",
    "person_archived": "Art. 5.1.e RGPD",
    "person_erased": "Art. 17 RGPD",
    "person_restricted": "Art. 18 RGPD",
    "person_in_archive": "Art. 5.1.e RGPD",
    "person_unknown": "Art. 5.1.a RGPD",
}


def _is_open_despite(s):
    """Tell whether this use is open although the person is blocked.

    Duties reach a restricted or archived person; what is kept in intermediate archive
    serves orders and disputes, and advertising only after a consent.
    """
    if s.blocked in ("person_archived", "person_restricted"):
        return s.purpose in DUTIES
    if s.blocked == "person_in_archive":
        return s.purpose in SERVICE or s.has_consent
    return False


def _service(s):
    """Serve orders, invoices and duties; third parties and trackers are apart."""
    if s.channel not in REACHING:
        return _no("channel_not_for_purpose", SERVICE[s.purpose])
    if s.address is None:
        return _no("no_address", SERVICE[s.purpose])
    return _yes("service", SERVICE[s.purpose])


def _refusal(s):
    """Return the verdict of a person who said no, in whatever form."""
    if s.choice.status in REFUSALS:
        return _no(*REFUSALS[s.choice.status])
    if s.purpose in PROSPECTING:
        if s.suppressed is None:
            return _no("suppression_unreadable", OBJECTION)
        if s.suppressed:
            return _no("suppressed", OBJECTION)
        if s.other_choice.status in REFUSALS and not s.has_consent:
            return _no(*REFUSALS[s.other_choice.status])
    return None


def _address(s):
    """Return a refusal when the channel does not fit or there is no address."""
    channels = CHANNELS_OF.get(s.purpose)
    if s.purpose in UNTIL_OBJECTION:
        channels = REACHING
    if channels is not None and s.channel not in channels:
        return _no("channel_not_for_purpose", LEGITIMATE)
    if s.address is None and s.channel in REACHING:
        return _no("no_address", LEGITIMATE)
    if s.bounces:
        return _no("address_bounces", "Art. 5.1.d RGPD")
    return None


def _too_soon(s):
    """Return a refusal to who asked for fewer messages: an objection in part."""
    if s.open_on is None or s.channel not in WISHED or s.local.date() >= s.open_on:
        return None
    return Verdict(False, TOO_SOON, "Art. 21.2 RGPD", s.open_on)


def _purpose(s):
    """Apply the conditions of the purpose."""
    if s.purpose in UNTIL_OBJECTION:
        return _yes("not_objected", LEGITIMATE)
    rule = RULES.get(s.purpose)
    return rule(s) if rule else _no("no_rule", "Art. 5.1.b RGPD")


def _consent(s, article):
    """Consent, valid today and not dated in the future (unreadable proof)."""
    choice = s.choice
    if choice.status == "expired":
        return _no("consent_expired", article)
    if choice.status == "pending":
        return _no("consent_pending", "Art. 7.1 RGPD")
    if not choice.is_given:
        return _no("no_consent", article)
    if choice.moment is None or choice.moment > s.now:
        return _no("consent_unproved", "Art. 7.1 RGPD")
    if s.is_child_alone:
        return _no("person_minor", ART_8)
    return _yes("consent", article)


def _electronic_b2c(s):
    return _consent(s, L34_5)


def _partners(s):
    return _consent(s, CONSENT)


def _tracking(s):
    return _consent(s, ART_82)


def _soft_opt_in(s):
    """Products similar to those bought (L. 34-5 al. 4): all five conditions.

    A sale; to the same company (the facts are those of the company that asks);
    similar products; the means to object at collection; and in each message. Below 15
    the holder of parental authority has agreed: the interest of the seller does not
    outweigh that of a child (art. 6.1.f GDPR, art. 45 LIL).
    """
    facts, declared = s.facts, s.declared
    if s.is_child_without_parent:
        return _no("softoptin_minor", ART_45)
    if facts.ordered_on is None:
        return _no("softoptin_no_sale", L34_5)
    if not declared.similar_only:
        return _no("softoptin_not_similar", L34_5)
    since = declared.objection_at_collection_since
    if not (facts.objection_offered or (since and facts.ordered_on >= since)):
        return _no("softoptin_no_objection_offered", L34_5)
    if not declared.unsubscribe_in_messages:
        return _no("softoptin_no_unsubscribe", L34_5)
    return _yes("softoptin", L34_5)


def _b2b_email(s):
    """A professional address, about the profession, informed, free to object."""
    declared = s.declared
    if s.address == "unknown":
        return _no("rules_unreadable", L34_5)
    if s.address == "generic":
        return _yes("b2b_generic_mailbox", LEGITIMATE)
    if not s.is_professional or s.address == "personal":
        return _no("b2b_not_professional", L34_5)
    if not declared.profession_only:
        return _no("b2b_not_profession", L34_5)
    if not declared.informs_at_collection:
        return _no("not_informed", "Art. 13 RGPD")
    if not declared.unsubscribe_in_messages:
        return _no("b2b_no_unsubscribe", L34_5)
    return _yes("b2b", LEGITIMATE)


def _phone_b2c(s):
    """Calls to consumers: consent under a year old, or the contract in progress."""
    facts, declared = s.facts, s.declared
    contract = facts.current_contract and declared.contract_calls_only
    if declared.banned_sector and not contract:
        return _no("phone_banned_sector", L223_1)
    if contract:
        verdict = _yes("phone_contract", L223_1)
    elif declared.press:
        verdict = _yes("phone_press", L223_1)
    else:
        verdict = _phone_consent(s, L223_1)
    if not verdict.allowed:
        return verdict
    return _calling_limits(s) or verdict


def _phone_consent(s, article):
    """A phone consent without an end is not one: one year is the longest."""
    verdict = _consent(s, article)
    if verdict.allowed and s.choice.expires_on is None:
        return _no("consent_unproved", DECREE_PHONE)
    return verdict


def _calling_limits(s):
    """Hours, days, number of calls, silence after a refusal (D. 223-9)."""
    rules = s.calling
    if rules is None:
        return _no("rules_unreadable", D223_9)
    refused = s.facts.call_refused_on
    if refused and s.now < refused + timedelta(days=rules.silence_days):
        return _no("call_silence", D223_9)
    start = s.now - timedelta(days=rules.window_days)
    recent = [moment for moment in s.facts.calls if moment > start]
    if len(recent) >= rules.max_calls:
        return _no("call_too_many", D223_9)
    moment = calling_time(s.local, rules, s.extra_holidays)
    return _no(moment, D223_9) if moment else None


def _phone_b2b(s):
    """L. 223-1 protects consumers; a professional may object."""
    if not s.is_professional:
        return _no("b2b_not_professional", L223_1)
    return _informed(s, "b2b")


def _informed(s, code):
    """Open until objection for people who were told they may object."""
    if not s.declared.informs_at_collection:
        return _no("not_informed", "Art. 13 RGPD")
    return _yes(code, LEGITIMATE)


def _postal(s):
    return _informed(s, "not_objected")


def _robot(s):
    """Automatic calling machines and fax: consent, then the limits of calls.

    Professionals may object instead; a refused or withdrawn consent was seen before.
    """
    if s.is_professional:
        return _informed(s, "b2b")
    if s.declared.banned_sector:
        return _no("phone_banned_sector", L223_1)
    verdict = _phone_consent(s, L34_5)
    if not verdict.allowed:
        return verdict
    return _calling_limits(s) or verdict


def _referral(s):
    """One message to a friend's address, then consent or nothing."""
    if s.facts.referred_once and not s.has_consent:
        return _no("referral_used", LEGITIMATE)
    return _yes("referral_once", LEGITIMATE)


RULES = {
    "prospect_email_b2c": _electronic_b2c,
    "prospect_sms_b2c": _electronic_b2c,
    "softoptin": _soft_opt_in,
    "prospect_b2b_email": _b2b_email,
    "prospect_phone_b2c": _phone_b2c,
    "prospect_phone_b2b": _phone_b2b,
    "prospect_postal": _postal,
    "prospect_robot": _robot,
    "partner_electronic": _partners,
    "partner_postal": _postal,
    "referral": _referral,
    "mail_tracking": _tracking,
    "sms_tracking": _tracking,
    "cookies": _tracking,
}
