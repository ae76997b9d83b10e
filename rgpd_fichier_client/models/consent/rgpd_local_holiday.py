import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...core.consent.hours import (
    InvalidHours,
    LocalHoliday,
    local_holidays,
    parse_when,
)

_logger = logging.getLogger(__name__)


class RgpdLocalHoliday(models.Model):
    """A public holiday of some departments, on which their consumers are not called.

    Calls are forbidden on public holidays (art. D. 223-9 Code de la consommation). No
    text we know says whether those of some departments count: until that is settled
    they do, so that nobody is called by mistake. The DPO may say otherwise.
    """

    _name = "rgpd.local.holiday"
    _description = "Local public holiday"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        default=True, help="Off: the day is a working day for calls."
    )
    sequence = fields.Integer(default=10)
    when = fields.Char(
        string="Day",
        required=True,
        help="Month and day (12-26), or days from Easter Sunday (easter-2 is Good "
        "Friday).",
    )
    departments = fields.Char(
        required=True,
        help="Codes separated by commas: 57,67,68. A person whose department is not "
        "known is not called on any of these days.",
    )
    next_day = fields.Date(compute="_compute_next_day", string="Next")
    source = fields.Char(required=True, help="The text that makes the day a holiday.")
    date_checked = fields.Date(string="Checked on", required=True)
    is_confirmed = fields.Boolean(
        string="Confirmed for calls",
        help="A text or the authority says that calls are forbidden on this day. "
        "Otherwise it is a precaution, to be confirmed.",
    )

    @api.depends("when")
    def _compute_next_day(self):
        today = fields.Date.context_today(self)
        for holiday in self:
            try:
                one = LocalHoliday(holiday.when or "", frozenset())
                days = [one.day_of(today.year), one.day_of(today.year + 1)]
            except InvalidHours:
                days = []
            holiday.next_day = next((d for d in days if d and d >= today), False)

    @api.constrains("when", "departments")
    def _check_when(self):
        """Refuse a day or a list the contact check could not read."""
        for holiday in self:
            try:
                self._parse(holiday.when, holiday.departments)
            except InvalidHours as error:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” cannot be read. A day is written 12-26 or "
                        "easter-2, departments 57,67,68.",
                        value=error.args[0],
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
    def _parse(self, when, departments):
        """Return the :class:`LocalHoliday`; raise ``InvalidHours`` if unreadable."""
        parse_when(when)
        codes = frozenset(
            code.strip().upper() for code in departments.split(",") if code.strip()
        )
        if not codes or not all(code.isalnum() and len(code) < 4 for code in codes):
            raise InvalidHours(departments)
        return LocalHoliday(when, codes)

    @api.model
    @ormcache()
    def _get_all(self):
        """Return the holidays in force, ``None`` when one cannot be read.

        Nobody can then tell whether a call is allowed: it is denied.
        """
        # sudo: rgpd.local.holiday - legal values, the gate answers everybody
        rows = self.sudo().search([("active", "=", True)])
        try:
            return tuple(self._parse(row.when, row.departments) for row in rows)
        except InvalidHours:
            _logger.warning("A local holiday cannot be read: calls are denied.")
            return None

    @api.model
    def _get_days(self, department, year):
        """Return the local holidays of a department in a year.

        :param department: ``None`` when unknown: all of them count then
        """
        return local_holidays(self._get_all() or (), department, year)
