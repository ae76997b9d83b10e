import hashlib
import json

from odoo import api, models, tools
from odoo.tools import SQL

from ...core.datamap import classify, discovery, fingerprint

FIELD_COLUMNS = {
    "model": "varchar",
    "name": "varchar",
    "ttype": "varchar",
    "relation": "varchar",
    "module": "varchar",
    "is_stored": "bool",
    "translate": "bool",
    "company_dependent": "bool",
    "is_property": "bool",
    "is_optional": "bool",
    "category_id": "int4",
    "status": "varchar",
    "reason_not_personal": "varchar",
    "strength": "varchar",
    "strategy": "varchar",
    "provided_by_person": "bool",
}
# What a discovery refreshes on a row that shipped data classified
FIELD_TECHNICAL = (
    "ttype",
    "relation",
    "module",
    "is_stored",
    "translate",
    "company_dependent",
    "is_property",
    "is_optional",
)
# Which stored fields the map was drawn from
FINGERPRINT = "rgpd_fichier_client.map_fingerprint"
LINK_COLUMNS = {
    "model": "varchar",
    "kind": "varchar",
    "path": "varchar",
    "target_model": "varchar",
    "role": "varchar",
    "on_erase": "varchar",
    "document_kind": "varchar",
    "leads_on": "bool",
    "domain": "varchar",
}


class RgpdDataMap(models.AbstractModel):
    """The one list of what the database holds about persons.

    Finder, exporter, eraser, sweep, register and drift all read it; no other list of
    tables or fields exists. It is found in the live registry, completed by shipped
    rows and corrected by the company.
    """

    _name = "rgpd.data.map"
    _description = "Data Map"

    # === DRIFT === #

    def _register_hook(self):
        """Have the map drawn again when the fields are no longer those of the map.

        Every worker loads a registry: only a fingerprint is compared here and a cron
        triggered; the map is written by the cron alone. It is the only sign of an
        add-on that was removed, or whose code was replaced without an update.
        """
        result = super()._register_hook()
        # sudo: ir.config_parameter - a digest, read while the registry is loaded
        known = self.env["ir.config_parameter"].sudo().get_param(FINGERPRINT)
        if known and known != self._get_live_fingerprint():
            self._trigger_discovery()
        return result

    @api.model
    def _trigger_discovery(self):
        """Ask the cron to draw the map again; once is enough."""
        cron = self.env.ref(
            "rgpd_fichier_client.rgpd_data_map_cron", raise_if_not_found=False
        )
        # sudo: ir.cron - whoever may change the model or a connector causes this
        cron = cron and cron.sudo()
        if cron and not self.env["ir.cron.trigger"].sudo().search_count(
            [("cron_id", "=", cron.id), ("call_at", "<=", "now")], limit=1
        ):
            cron._trigger()

    @api.model
    def _uninstall(self):
        """Forget the digest of the map."""
        # sudo: ir.config_parameter - nothing else removes it
        self.env["ir.config_parameter"].sudo().set_param(FINGERPRINT, False)

    # === DISCOVERY === #

    @api.model
    def _discover(self):
        """Bring the rows of the map in line with the live registry.

        Set-based and idempotent: choices of the company and shipped classification
        stay. Rows of fields that are gone stay too, marked absent.

        :return: number of links and of fields present
        :rtype: tuple[int, int]
        """
        self.env.flush_all()
        columns = self._get_columns()
        links = self._discover_links(columns)
        field_count = self._discover_fields(columns, links)
        self.env["rgpd.data.link"].invalidate_model()
        self.env["rgpd.data.field"].invalidate_model()
        self.env.registry.clear_cache()
        # sudo: ir.config_parameter - a digest, whoever draws the map
        self.env["ir.config_parameter"].sudo().set_param(
            FINGERPRINT, fingerprint.get_fingerprint(columns)
        )
        return len(links), field_count

    @api.model
    def _get_columns(self):
        """Return ``{model: [Column]}`` for every model with a table of its own."""
        return {
            name: [
                discovery.Column(
                    name=field.name,
                    ttype=field.type,
                    relation=get_relation(field),
                    ondelete=getattr(field, "ondelete", "") or "",
                    model_field=self._get_model_field(model, field),
                    related=bool(field.related),
                )
                for field in model._fields.values()
                if field.store and field.type != "one2many"
            ]
            for name, model in self.env.registry.items()
            if self._is_in_map(model)
        }

    @api.model
    def _get_model_field(self, model, field):
        """Return the field with the model of a polymorphic link, if SQL can read it."""
        name = getattr(field, "model_field", "") or ""
        found = model._fields.get(name)
        return name if found and (found.store or found.related) else ""

    @api.model
    def _is_in_map(self, model):
        """Wizards are emptied by themselves; views and abstract models hold nothing.

        The sweep reads the tables of wizards nevertheless.
        """
        return not (model._abstract or model._transient) and model._auto

    @api.model
    def _discover_links(self, columns):
        Link = self.env["rgpd.data.link"].with_context(active_test=False)
        shipped = Link.search([("origin", "=", "shipped")])._to_values()
        unknown = self._get_unknown_models(columns, shipped)
        links = list(discovery.find_links(columns, shipped, unknown).values())
        rows = [
            {
                "model": link.model,
                "kind": link.kind,
                "path": link.path,
                "target_model": link.target,
                "role": link.role,
                "on_erase": link.on_erase,
                "document_kind": link.document_kind,
                "leads_on": link.leads_on,
                "domain": link.domain,
            }
            for link in links
        ]
        names = SQL(", ").join(map(SQL.identifier, LINK_COLUMNS))
        self.env.cr.execute(SQL("UPDATE rgpd_data_link SET is_present = FALSE"))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_data_link (%(names)s, effective_on_erase, is_anchor,
                       origin, is_present, active,
                       create_uid, create_date, write_uid, write_date)
                SELECT %(names)s, on_erase, kind = 'anchor', 'rule', TRUE, TRUE,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%(rows)s) AS found (%(types)s)
                ON CONFLICT (model, kind, path, target_model) DO UPDATE
                   SET is_present = TRUE,
                       domain = CASE rgpd_data_link.origin WHEN 'rule'
                                THEN EXCLUDED.domain ELSE rgpd_data_link.domain END
                """,
                names=names,
                uid=self.env.uid,
                rows=json.dumps(rows),
                types=self._sql_types(LINK_COLUMNS),
            )
        )
        return links

    @api.model
    def _discover_fields(self, columns, links):
        rows = list(self._prepare_field_rows(columns, links))
        names = SQL(", ").join(map(SQL.identifier, FIELD_COLUMNS))
        technical = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in FIELD_TECHNICAL
        )
        self.env.cr.execute(SQL("UPDATE rgpd_data_field SET is_present = FALSE"))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_data_field (%(names)s, effective_status,
                       effective_category_id, effective_strategy, is_identifier,
                       origin, is_present,
                       create_uid, create_date, write_uid, write_date)
                SELECT %(names)s, status, category_id, strategy, strength <> 'none',
                       'rule', TRUE, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%(rows)s) AS found (%(types)s)
                ON CONFLICT (model, name) DO UPDATE
                   SET is_present = TRUE, %(technical)s
                """,
                names=names,
                uid=self.env.uid,
                rows=json.dumps(rows),
                types=self._sql_types(FIELD_COLUMNS),
                technical=technical,
            )
        )
        self._rule_again(rows)
        self.env.cr.execute(
            SQL(
                """UPDATE rgpd_data_field f SET model_id = m.id FROM ir_model m
                    WHERE m.model = f.model AND f.model_id IS DISTINCT FROM m.id"""
            )
        )
        return len(rows)

    @api.model
    def _prepare_field_rows(self, columns, links):
        categories = {
            category.code: category.id
            for category in self.env["rgpd.data.category"].search([])
        }
        mapped = discovery.mapped_models(links)
        persons = {discovery.PERSON, discovery.USER}
        halves = discovery.get_halves(links)
        for model in sorted(mapped):
            for column in columns.get(model, ()):
                field = self.env[model]._fields[column.name]
                found = classify.classify(
                    column.name, column.ttype, column.relation, persons
                )
                if (model, column.name) in halves:
                    found = classify.not_personal("technical")
                yield {
                    "model": model,
                    "name": column.name,
                    "ttype": column.ttype,
                    "relation": column.relation or None,
                    "module": self._get_bringing_module(model, field),
                    "is_stored": True,
                    "translate": bool(field.translate),
                    "company_dependent": bool(field.company_dependent),
                    "is_property": field.type == "properties",
                    "is_optional": not (
                        field.required or field.compute or field.default
                    ),
                    "category_id": categories.get(found.category),
                    "status": found.status,
                    "reason_not_personal": found.reason or None,
                    "strength": found.strength,
                    "strategy": found.strategy,
                    "provided_by_person": found.provided,
                }

    @api.model
    def _get_bringing_module(self, model, field):
        """Return the add-on by which a field came to a model.

        The columns of a mixin (images, portal links…) belong to the add-on that gave
        the model the mixin, and not to the one that wrote the mixin.
        """
        for parent, module in self.env[model]._inherit_module.items():
            mixin = self.env.get(parent)
            if (
                parent not in (model, "base")
                and mixin is not None
                and mixin._abstract
                and field.name in mixin._fields
                and field.name not in models.MAGIC_COLUMNS
            ):
                return module
        return field._module

    @api.model
    def _sql_types(self, columns):
        types = []
        for name, ttype in columns.items():
            types.append(SQL("%s %s", SQL.identifier(name), SQL(ttype)))
        return SQL(", ").join(types)

    # === READING === #

    @api.model
    def _get_links(self, model=None):
        """Return the links of one model, or of all, as plain values.

        :rtype: list[odoo.addons.rgpd_fichier_client.core.datamap.schema.Link]
        """
        links = self._get_all_links()
        return [link for link in links if model is None or link.model == model]

    @tools.ormcache()
    def _get_all_links(self):
        # sudo: rgpd.data.link - engines read the map whoever runs them; it holds no
        # personal data
        links = self.env["rgpd.data.link"].sudo().search([("is_present", "=", True)])
        return tuple(links._to_values())

    @api.model
    @tools.ormcache("model")
    def _get_fields(self, model):
        """Return ``{field name: Field}``, what the map knows of a model.

        :rtype: dict[str, odoo.addons.rgpd_fichier_client.core.datamap.schema.Field]
        """
        # sudo: rgpd.data.field - as above
        fields = self.env["rgpd.data.field"].sudo()
        found = fields.search([("model", "=", model), ("is_present", "=", True)])
        return {field.name: field for field in found._to_values()}

    @api.model
    def _get_override_fingerprint(self):
        """Return a short digest of what the company decided otherwise than shipped."""
        # sudo: rgpd.data.field - as above
        fields = self.env["rgpd.data.field"].sudo()
        changed = fields.search(
            [
                "|",
                "|",
                ("strategy_override", "!=", False),
                ("status_override", "!=", False),
                ("category_override_id", "!=", False),
            ],
            order="model, name",
        )
        rows = [
            [
                field.model,
                field.name,
                field.effective_status,
                field.effective_category_id.code or "",
                field.effective_strategy,
            ]
            for field in changed
        ]
        digest = hashlib.sha256(json.dumps(rows).encode())
        return digest.hexdigest()[:16]

    @api.model
    def _get_anchor_models(self):
        """Return the models whose records stand for persons."""
        return [link.model for link in self._get_links() if link.kind == "anchor"]

    @api.model
    def _get_mapped_models(self):
        """Return the models that hold data about persons other than staff."""
        return discovery.mapped_models(self._get_links())

    @api.model
    def _check(self):
        """Return what the map does not know: fields nobody classified.

        :return: list of ``{"model": …, "name": …, "ttype": …, "problem": code}``
        """
        # sudo: rgpd.data.field - as above
        fields = self.env["rgpd.data.field"].sudo()
        gaps = fields.search(
            [("is_present", "=", True), ("effective_status", "=", "unclassified")]
        )
        return [
            {
                "model": field.model,
                "name": field.name,
                "ttype": field.ttype,
                "problem": "unclassified",
            }
            for field in gaps
        ]

    @api.model
    def _cron_discover(self):
        """Bring the map up to date, tell what is new in it, have the persons found."""
        self._discover()
        self.env["rgpd.data.leftover"]._refresh()
        self.env["rgpd.drift"]._detect()
        self.env.ref("rgpd_fichier_client.rgpd_subject_cron")._trigger()

    @api.model
    def _post_init(self):
        """Fill the map now and the persons in the background.

        On a living database the persons are many: installing must not wait for them.
        """
        self._discover()
        cron = self.env.ref("rgpd_fichier_client.rgpd_subject_cron")
        cron._trigger()


def get_relation(field):
    """Return the model that a field leads to, or ''."""
    return (field.comodel_name or "") if field.relational else ""
