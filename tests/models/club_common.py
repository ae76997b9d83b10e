"""Models that nobody knows: what a company's own designer or a small add-on brings."""

from odoo.fields import Command


def new_model(env, name, label, **fields):
    """Return a model with a table, and draw the map again.

    :param fields: ``{name: type}``; a type may be ``many2one:res.partner``
    """
    model = env["ir.model"].create(
        {
            "name": label,
            "model": name,
            "field_id": [
                Command.create(_prepare_field(field, ttype))
                for field, ttype in fields.items()
            ],
        }
    )
    env["rgpd.data.map"]._discover()
    return env[model.model]


def new_member_model(env, **fields):
    """Return a model of members of a club, whom somebody else may have brought."""
    return new_model(
        env,
        "x_member",
        "Member",
        x_name="char",
        x_partner_id="many2one:res.partner",
        x_sponsor_id="many2one:res.partner",
        **fields,
    )


def _prepare_field(name, ttype):
    ttype, _colon, relation = ttype.partition(":")
    relation, _bar, ondelete = relation.partition("|")
    vals = {"name": name, "field_description": name.title(), "ttype": ttype}
    if relation:
        vals["relation"] = relation
    if ondelete:
        vals["on_delete"] = ondelete
    if ttype == "reference":
        del vals["relation"]
        vals["selection_ids"] = [
            Command.create({"value": model, "name": model})
            for model in relation.split(",")
        ]
    return vals
