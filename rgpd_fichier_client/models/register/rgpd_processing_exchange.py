from odoo import api, fields, models

from .rgpd_processing import DPIA_CRITERIA


class RgpdProcessing(models.Model):
    """The sheet as it leaves for another tool, and as it comes from one."""

    _name = "rgpd.processing"
    _inherit = ["rgpd.processing", "rgpd.exchange.mixin"]

    @api.model
    def _get_exchange_fields(self):
        return {
            "name": "name",
            "reference": "reference",
            "role": "role",
            "sequence": "sequence",
            "objective": "objective",
            "date_start": "date_start",
            "date_review": "date_review",
            "data_detail": "data_detail",
            "origin": "data_origin",
            "origin_detail": "origin_detail",
            "tools": "tools",
            "person_count": "person_count",
        }

    def _get_exchange(self):
        """Return the snapshot of the sheet with codes in the place of labels."""
        snapshot = self._get_snapshot()
        shared = ("joint_controllers", "served_controllers", "responsible", "data")
        return {
            **super()._get_exchange(),
            **{key: snapshot[key] for key in shared},
            "state": self.state,
            "created": fields.Datetime.to_string(self.create_date)[:10],
            "updated": fields.Datetime.to_string(self._get_changed_on())[:10],
            "actors": self._get_exchange_actors(),
            "purposes": [p._get_exchange() for p in self.purpose_ids],
            "persons": [
                {"code": p.code, "name": p.name, "is_vulnerable": p.is_vulnerable}
                for p in self.person_category_ids
            ],
            "sensitive": {
                "present": self.has_sensitive,
                "exception": self.sensitive_exception or "",
                "reason": self.sensitive_reason or "",
            },
            "recipients": [r._get_exchange() for r in self.recipient_ids],
            "processors": [p._get_exchange() for p in self.processor_ids],
            "transfers": [t._get_exchange() for t in self.transfer_ids],
            "measures": [m._get_exchange() for m in self.measure_ids],
            "dpia": {
                "criteria": [name for name in DPIA_CRITERIA if self[name]],
                "needed": self.is_dpia_needed,
                "conclusion": self.dpia_conclusion or "",
            },
        }

    def _get_changed_on(self):
        """Return when the sheet or one of its purposes was last written."""
        return max(self.write_date, *self.purpose_ids.mapped("write_date"))

    @api.model
    def _prepare_exchange_vals(self, values):
        vals = super()._prepare_exchange_vals(values)
        sensitive, dpia = values["sensitive"], values["dpia"]
        vals |= dict.fromkeys(dpia["criteria"], True)
        for name, value in (
            ("sensitive_exception", sensitive["exception"]),
            ("sensitive_reason", sensitive["reason"]),
            ("dpia_conclusion", dpia["conclusion"]),
        ):
            if value:
                vals[name] = value
        return vals

    # === REGISTER === #

    def _get_register(self):
        """Return these sheets and who answers for them, as the core writes them."""
        companies = self.company_id or self.env.company
        return {
            "generated": fields.Datetime.now().isoformat(timespec="seconds") + "Z",
            "language": self.env.lang or "en_US",
            "actors": self._get_company_actors(companies[:1]),
            "sheets": [sheet._get_exchange() for sheet in self],
        }

    def _get_exchange_actors(self):
        return self._get_company_actors(self.company_id or self.env.company)

    @api.model
    def _get_company_actors(self, company):
        """Return who answers for the processing, one value per column (Art. 30.1.a)."""
        # sudo: res.partner - these contacts are published to every person concerned
        company = company.sudo()
        controller = self._get_actor(company.partner_id)
        contact = company._get_rgpd_contact()
        controller |= {
            "email": contact["email"],
            "number": company.company_registry or "",
        }
        dpo = company.rgpd_dpo_id
        employer = dpo.parent_id if company.rgpd_dpo_is_external else dpo.browse()
        return {
            "controller": controller,
            "dpo": self._get_actor(dpo),
            "dpo_company": self._get_actor(employer),
            "representative": self._get_actor(company.rgpd_representative_id),
        }

    @api.model
    def _get_actor(self, partner):
        return {
            "name": partner.name or "",
            "street": ", ".join(filter(None, (partner.street, partner.street2))),
            "zip": partner.zip or "",
            "city": partner.city or "",
            "country": partner.country_id.name or "",
            "phone": partner.phone or "",
            "email": partner.email or "",
        }
