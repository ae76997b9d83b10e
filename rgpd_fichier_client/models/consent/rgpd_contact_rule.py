import logging
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...core.consent.hours import CallingRules, InvalidHours, parse_spans

_logger = logging.getLogger(__name__)

# Without one of these nobody can tell whether a call is allowed.
CALLING_CODES = (
    "phone_weekdays",
    "phone_hours",
    "phone_max_calls",
    "phone_window_days",
    "phone_silence_days",
)


class RgpdContactRule(models.Model):
    """A value that the law or the authority sets about contacting people.

    Values are data, with where they come from and when that was checked; the
    conditions that use them are code (``core/consent``).
    """

    _name = "rgpd.contact.rule"
    _description = "Contact rule value"
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    value = fields.Char(required=True)
    source = fields.Char(
        required=True, translate=True, help="The text this value comes from."
    )
    date_checked = fields.Date(string="Checked on", required=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This rule exists already.")

    @api.constrains("value", "code")
    def _check_value(self):
        """Refuse a value the gate could not read."""
        for rule in self:
            try:
                self._parse(rule.code, rule.value)
            except (ValueError, InvalidHours) as error:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” cannot be read for “%(rule)s”.",
                        value=rule.value,
                        rule=rule.name,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _parse(self, code, value):
        """Return the Python value of a rule; raise ``ValueError`` if unreadable."""
        if code == "phone_hours":
            return parse_spans(value)
        words = [word.strip() for word in value.split(",") if word.strip()]
        if code == "phone_weekdays":
            return frozenset(int(word) for word in words)
        if code == "local_holidays":
            return frozenset(date.fromisoformat(word) for word in words)
        if code in ("free_mail_domains", "generic_mailboxes"):
            return frozenset(word.lower() for word in words)
        return int(value)

    @api.model
    @ormcache()
    def _get_values(self):
        """Return ``{code: value}`` of the rules, read once per registry.

        A rule that cannot be read is left out: what needs it is then denied.
        """
        values = {}
        # sudo: rgpd.contact.rule - legal values, the gate answers everybody
        for rule in self.sudo().search([("code", "!=", False)]):
            try:
                values[rule.code] = self._parse(rule.code, rule.value)
            except (ValueError, InvalidHours):
                _logger.warning("Contact rule %s cannot be read.", rule.code)
                values[rule.code] = None
        return values

    @api.model
    def _get_calling_rules(self):
        """Return the :class:`CallingRules`, or ``None`` when one cannot be read."""
        values = self._get_values()
        if any(values.get(code) is None for code in CALLING_CODES):
            return None
        if values.get("local_holidays", frozenset()) is None:
            return None
        if self.env["rgpd.local.holiday"]._get_all() is None:
            return None
        return CallingRules(
            weekdays=values["phone_weekdays"],
            spans=values["phone_hours"],
            max_calls=values["phone_max_calls"],
            window_days=values["phone_window_days"],
            silence_days=values["phone_silence_days"],
        )

    @api.model
    def _get_extra_holidays(self):
        """Return further days on which nobody is called, chosen by the company."""
        return self._get_values().get("local_holidays") or frozenset()

    @api.model
    def _get_number(self, code, default):
        """Return the number of a rule, the default where it cannot be read."""
        value = self._get_values().get(code)
        return default if value is None else value
