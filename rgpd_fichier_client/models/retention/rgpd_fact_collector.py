import hashlib
import json
import logging
from collections.abc import Sequence
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..journal.sql_array import int_array
from .rgpd_reason import get_day_sql

_logger = logging.getLogger(__name__)

# What a path or a domain raises that names no field, or does not parse
UNREADABLE = (ValueError, KeyError, SyntaxError, TypeError, NameError, AttributeError)
SOURCE_TEXTS = ("model", "person_path", "date_path", "company_path", "domain")


class Span(NamedTuple):
    """Ids from one to another, both included, and some more."""

    first: int
    last: int
    more: Sequence[int] = ()


class RgpdFactCollector(models.AbstractModel):
    """Reads the sources of facts of the data map, each in one statement.

    A source gives the last day of one kind of event per person and company. Sources
    are rows (``rgpd.fact.source``): an add-on joins in by adding one.
    """

    _name = "rgpd.fact.collector"
    _description = "Collector of facts about persons"

    def _get_queries(self, persons=None):
        """Return one SELECT per source that is read here.

        :param persons: ``{model: ids}`` (a :class:`Span` or some), None for everybody
        :return: queries of res_model, res_id, company_id, kind, is_inbound, day
        """
        queries = [
            self._get_source_query(source, persons) for source in self._get_sources()
        ]
        queries.append(self._get_electronic_query(persons))
        return [query for query in queries if query is not None]

    def _get_source_query(self, source, persons):
        """Return the SELECT of one source; None when it cannot be read here.

        A source on a model that is gone, or with a domain that no longer parses,
        gives nothing: fewer facts are found, so it is also reported by the data map.
        """
        if not self._is_here(source):
            return None
        try:
            return self._read_source(source, persons)
        except UNREADABLE:
            _logger.warning("Source of facts %s cannot be read", source.id)
            return None

    @api.model
    def _get_sources(self):
        """Return the sources in use; the eraser calls with archived rows in sight."""
        # sudo: rgpd.fact.source - what counts as a contact is the same for all
        sources = self.env["rgpd.fact.source"].sudo().with_context(active_test=True)
        return sources.search([])  # pylint: disable=no-search-all

    def _is_here(self, source):
        model = self.env.get(source.model)
        return model is not None and not model._abstract and source.is_present

    def _read_source(self, source, persons=None):
        """Return the SELECT of one source whose model is here.

        :raise: one of ``UNREADABLE``, when its paths or its domain do not parse
        """
        return self._get_query(
            self.env[source.model],
            # inactive records are facts all the same
            Domain(safe_eval(source.domain or "[]")),
            kind=source.kind,
            is_inbound=source.is_inbound,
            person_path=source.person_path,
            date_path=source.date_path,
            company_path=source.company_path,
            persons=persons,
        )

    @api.model
    def _get_broken_sources(self):
        """Return the sources whose model is here and that cannot be read.

        Whom only such a fact keeps would seem to have no reason left: nothing is
        erased, nor approved, as long as there is one (invariant 13).
        """
        return self._get_sources().filtered(self._is_broken)

    def _is_broken(self, source):
        if not self._is_here(source):
            return False
        try:
            self._read_source(source)
        except UNREADABLE:
            return True
        return False

    @api.model
    def _check_sources(self):
        """Refuse to decide what may go while facts are missing.

        :raise UserError: a source of facts cannot be read
        """
        broken = self._get_broken_sources()
        if broken:
            raise UserError(
                self.env._(
                    "Nothing is erased: these sources of facts can no longer be read, "
                    "so that somebody who ordered yesterday may seem forgotten. "
                    "Correct their path or domain, or archive them: %(names)s.",
                    names=", ".join(broken.mapped("name")),
                )
            )

    @api.model
    def _get_source_fingerprint(self):
        """Return a short digest of the sources that are read here, as they are."""
        rows = [
            [source.kind, source.is_inbound, self._is_broken(source)]
            + [source[name] or "" for name in SOURCE_TEXTS]
            for source in self._get_sources().sorted("id")
            if self._is_here(source)
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]

    def _get_query(
        self,
        model,
        domain,
        *,
        kind,
        is_inbound,
        person_path,
        date_path,
        company_path,
        persons,
    ):
        # sudo: any model - facts count whatever the user who refreshes may see
        model = model.sudo().with_context(active_test=False)
        query = model._search(domain)
        res_model, res_id = self._get_person(model, query, person_path)
        day = self._get_day(model, query, date_path)
        company = (
            self._follow(model, query, company_path)[1] if company_path else SQL("NULL")
        )
        anchors = self._get_anchor_models()
        conditions = [SQL("%s IS NOT NULL", res_id), SQL("%s IS NOT NULL", day)]
        if isinstance(res_model, SQL):
            conditions.append(SQL("%s IN %s", res_model, tuple(anchors)))
        elif res_model not in anchors:
            return None
        if persons is not None:
            conditions.append(self._get_person_condition(res_model, res_id, persons))
        for condition in conditions:
            query.add_where(SQL("(%s)", condition))
        return SQL(
            """SELECT %(model)s::varchar, %(person)s, %(company)s::int,
                      %(kind)s::varchar, %(inbound)s::boolean, max(%(day)s)
                 FROM %(tables)s WHERE %(where)s
                GROUP BY 1, 2, 3""",
            model=res_model,
            person=res_id,
            company=company,
            kind=kind,
            inbound=bool(is_inbound),
            day=day,
            tables=query.from_clause,
            where=query.where_clause,
        )

    def _get_person(self, model, query, path):
        """Return the model (name or SQL) and the id of the person at a path."""
        if "," in path:
            names = [name.strip() for name in path.split(",")]
            return tuple(self._follow(model, query, name)[1] for name in names)
        if path == "id":
            return model._name, SQL.identifier(model._table, "id")
        field, value = self._follow(model, query, path)
        if field.comodel_name == "res.users":
            value = self._follow(model, query, f"{path}.partner_id")[1]
            return "res.partner", value
        return field.comodel_name, value

    def _get_day(self, model, query, path):
        field, value = self._follow(model, query, path)
        if field.type == "date":
            return value
        if field.type != "datetime":
            raise ValueError(path)
        return get_day_sql(value)

    def _follow(self, model, query, path):
        """Walk a path of many2ones; return the last field and its SQL."""
        alias = model._table
        *steps, last = path.split(".")
        for step in steps:
            field = model._fields[step]
            if field.type != "many2one":
                raise ValueError(path)
            model, alias = field.join(model, alias, query)
        return model._fields[last], model._field_to_sql(alias, last, query)

    def _get_person_condition(self, res_model, res_id, persons):
        if isinstance(res_model, str):
            return self._get_among(res_id, persons.get(res_model, ()))
        return SQL(" OR ").join(
            SQL("%s = %s AND %s", res_model, name, self._get_among(res_id, ids))
            for name, ids in persons.items()
        )

    def _get_among(self, res_id, ids):
        """Return the condition that keeps some persons, or a :class:`Span` of them."""
        if not isinstance(ids, Span):
            return SQL("%s = ANY(%s)", res_id, int_array(ids))
        return SQL(
            "(%(id)s BETWEEN %(first)s AND %(last)s OR %(id)s = ANY(%(more)s))",
            id=res_id,
            first=ids.first,
            last=ids.last,
            more=int_array(ids.more),
        )

    def _get_anchor_models(self):
        """Return the names of the models whose records stand for persons."""
        names = self.env["rgpd.data.map"]._get_anchor_models()
        return sorted({n for n in names if n in self.env and not self.env[n]._abstract})

    # === ELECTRONIC CONTRACTS === #

    def _get_electronic_query(self, persons):
        """Return the last electronic contract over the legal amount, per person.

        Art. L213-1 of the consumer code: kept ten years from the delivery.
        """
        rule = self.env["rgpd.purpose"].sudo()._get_electronic_rule()
        if not rule:
            return None
        order = self.env["sale.order"]
        return self._get_query(
            order,
            self._get_electronic_domain() & self._get_amount_domain(rule),
            kind="electronic",
            is_inbound=False,
            person_path="partner_id",
            date_path=self._get_order_end_path(),
            company_path="company_id",
            persons=persons,
        )

    def _get_electronic_domain(self):
        """Return the domain of orders concluded by electronic means.

        Hook: a web shop adds its own orders.
        """
        domain = Domain("signed_on", "!=", False)
        if "website_id" in self.env["sale.order"]._fields:
            domain |= Domain("website_id", "!=", False)
        return Domain("state", "=", "sale") & domain

    def _get_amount_domain(self, rule):
        return Domain("amount_total", ">=", rule.minimum_amount)

    def _get_order_end_path(self):
        fields_ = self.env["sale.order"]._fields
        return "effective_date" if "effective_date" in fields_ else "date_order"
