import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...core.register.exchange.grid import simplify
from .rgpd_register_importer import KINDS

# Key of the sheet → kind of value, field of the sheet.
LISTS = {
    "persons": ("person", "person_category_ids"),
    "recipients": ("recipient", "recipient_ids"),
    "measures": ("measure", "measure_ids"),
    "processors": ("processor", "processor_ids"),
}
PARTNERS = {
    "joint_controllers": "joint_controller_ids",
    "served_controllers": "served_controller_ids",
}


class RgpdRegisterImporter(models.AbstractModel):
    """Writes the sheets of another tool, all of them or none.

    An import adds and corrects. It never removes: neither a purpose, nor a recipient,
    nor a text that the file does not have. New sheets are drafts.
    """

    _inherit = "rgpd.register.importer"

    # === LISTS === #

    @api.model
    def _create_item(self, kind, item, company):
        """Add a value of the file to a list, for this company alone.

        :raise AccessError: the user may not add to this list
        """
        if kind == "person":
            return self._create_person(item)
        Model = self.env[KINDS[kind]]
        if kind == "partner":
            return Model.create({"name": item["name"], "is_company": True})
        vals = Model._prepare_exchange_vals(item) | {"company_id": company.id}
        record = Model.create(vals)
        for child in item.get("subprocessors", ()):
            self._create_item(kind, child, company).parent_id = record
        return record

    def _create_person(self, item):
        Model = self.env["rgpd.person.category"]
        taken = set(Model.search([]).mapped("code"))  # pylint: disable=no-search-all
        code = self._get_free_code(item.get("code") or item["name"], taken)
        return Model.create(
            {
                "name": item["name"],
                "code": code,
                "is_vulnerable": item.get("is_vulnerable", False),
            }
        )

    def _get_free_code(self, text, taken):
        """Return a technical name made from a text, that nobody uses yet."""
        base = re.sub(r"[^a-z0-9]+", "_", simplify(text)).strip("_")[:50]
        base = base if base[:1].isalpha() else f"x_{base}"
        code, number = base, 1
        while code in taken:
            number += 1
            code = f"{base}_{number}"
        return code

    # === SHEETS === #

    @api.model
    def _apply(self, content, items, company, processing=None):
        """Write one sheet.

        :param content: the sheet, as the core reads it
        :param items: ``{key of a value: record}``; a value that is not there is left
            out, and told in the chatter of the sheet
        :param processing: the sheet to complete; without it a new one is made
        :return: the sheet
        :raise UserError: a validated sheet, which only the DPO may change
        """
        left = []
        vals = self._prepare_sheet_vals(content, items, company, left)
        if processing:
            self._check_open(processing)
            # The company may have numbered its sheets in its own way.
            vals.pop("reference", None)
            processing.write(vals)
        else:
            processing = self._create_sheet(vals, company)
        for values in content["purposes"]:
            self._apply_purpose(processing, values, items, left)
        for values in content["transfers"]:
            self._apply_transfer(processing, values)
        if left:
            processing.message_post(body=self._get_left_text(left))
        return processing

    def _get_left_text(self, left):
        return self.env._("Left out by the import: %(values)s", values="; ".join(left))

    def _check_open(self, processing):
        if not processing._filtered_access("write"):
            raise UserError(
                self.env._(
                    "The sheet %(sheet)s is validated: the DPO imports into it, or it "
                    "is reviewed first.",
                    sheet=processing.display_name,
                )
            )

    def _prepare_sheet_vals(self, content, items, company, left):
        vals = self.env["rgpd.processing"]._prepare_exchange_vals(content)
        for key, (kind, name) in LISTS.items():
            pairs = [(kind, item) for item in content[key]]
            vals[name] = self._prepare_links(pairs, items, left)
        for key, name in PARTNERS.items():
            pairs = [("partner", {"name": partner}) for partner in content[key]]
            vals[name] = self._prepare_links(pairs, items, left)
        user = self._find_user(content["responsible"], company)
        if user:
            vals["responsible_id"] = user.id
        elif content["responsible"]:
            left.append(content["responsible"])
        return vals

    def _prepare_links(self, pairs, items, left):
        commands = []
        for kind, item in pairs:
            record = items.get(self._get_item_key(kind, item))
            if record:
                commands.append(Command.link(record.id))
            else:
                left.append(item["name"])
        return commands

    def _create_sheet(self, vals, company):
        Processing = self.env["rgpd.processing"]
        taken = self._search_for(company, "rgpd.processing").mapped("reference")
        if vals.get("reference") in taken:
            # Two sheets of one register with one number would be taken for each other.
            del vals["reference"]
        return Processing.create(vals | {"company_id": company.id})

    # === PURPOSES === #

    def _apply_purpose(self, processing, values, items, left):
        """Write one purpose; a new one without a legal basis is left out (Art. 6)."""
        purpose = self._find_purpose(processing, values)
        vals = self.env["rgpd.purpose"]._prepare_exchange_vals(values)
        pairs = [("data", {"code": code, "name": code}) for code in values["data"]]
        vals["data_category_ids"] = self._prepare_links(pairs, items, left)
        vals["rule_ids"] = [
            Command.link(self._find_or_create_rule(rule, items, processing).id)
            for rule in values["rules"]
        ]
        if purpose:
            vals.pop("code", None)
            purpose.write(vals)
        elif not values["basis"]:
            left.append(values["name"])
            return
        else:
            code = self._get_purpose_code(processing, values)
            purpose = self.env["rgpd.purpose"].create(
                vals | {"code": code, "processing_id": processing.id}
            )
        for notice in values.get("notices", ()):
            self._apply_notice(purpose, notice)

    def _find_purpose(self, processing, values):
        """Return the purpose of the sheet that the file means, by code or by name."""
        purposes = processing.purpose_ids
        coded = purposes.filtered(lambda p: values["code"] and p.code == values["code"])
        if coded:
            return coded[:1]
        wanted = simplify(values["name"])
        for named in self._get_translated(purposes):
            same = named.filtered(lambda p: simplify(p.name) == wanted)
            if same:
                return same[:1].with_env(self.env)
        return purposes.browse()

    def _get_purpose_code(self, processing, values):
        """Return the code of a new purpose.

        The code of the file is kept when this company has none like it: its purpose
        then replaces the common one of the same code, as when it is made by hand. A
        code made from a name replaces nothing.
        """
        purposes = self.env["rgpd.purpose"].with_context(active_test=False)
        company = processing.company_id
        own = purposes.search([("company_id", "=", company.id)]).mapped("code")
        if values["code"] and values["code"] not in own:
            return values["code"]
        common = purposes.search([("company_id", "=", False)]).mapped("code")
        return self._get_free_code(values["code"] or values["name"], {*own, *common})

    def _find_or_create_rule(self, values, items, processing):
        """Return the special period of this name; an existing one is not changed."""
        company = processing.company_id or self.env.company
        rules = self._search_for(company, "rgpd.retention.rule")
        wanted = simplify(values["name"])
        for named in self._get_translated(rules):
            same = named.filtered(lambda rule: simplify(rule.name) == wanted)
            if same:
                return same[:1].with_env(self.env)
        pairs = [("data", {"code": code, "name": code}) for code in values["data"]]
        return rules.create(
            {
                **rules._prepare_exchange_vals(values),
                "data_category_ids": self._prepare_links(pairs, items, []),
                "company_id": processing.company_id.id,
            }
        )

    def _apply_notice(self, purpose, values):
        vals = self.env["rgpd.notice"]._prepare_exchange_vals(values)
        notice = purpose.notice_ids.filtered(
            lambda n: (
                n.kind == values["kind"]
                and (n.channel or "") == values.get("channel", "")
                and simplify(n.name) == simplify(values["name"])
            )
        )[:1]
        if notice:
            notice.write(vals)
        else:
            notice.create(
                vals | {"purpose_id": purpose.id, "company_id": purpose.company_id.id}
            )

    # === TRANSFERS === #

    def _apply_transfer(self, processing, values):
        Transfer = self.env["rgpd.transfer"]
        vals = Transfer._prepare_exchange_vals(values)
        wanted = simplify(values.get("processor"))
        processor = processing.processor_ids.filtered(
            lambda p: wanted and simplify(p.name) == wanted
        )
        if processor:
            vals["processor_id"] = processor[:1].id
        same = processing.transfer_ids.filtered(
            lambda t: (
                simplify(t.name) == simplify(values["name"])
                and t.country_id.id in (vals.get("country_id"), False)
            )
        )
        if same:
            same[:1].write(vals)
        else:
            Transfer.create(vals | {"processing_id": processing.id})
