"""Make the company and the users of Odoo's demonstration data French.

Read by `odoo shell` after each step of the installation. Odoo's demonstration data
load the generic chart of accounts whatever the country is, so it is changed with
its entries.
"""

france = env.ref("base.fr")
company = env.ref("base.main_company")
company.partner_id.write(
    {
        "name": "Maison Exemple SARL",
        "street": "12 rue des Exemples",
        "street2": False,
        "zip": "75002",
        "city": "Paris",
        "state_id": False,
        "country_id": france.id,
        "phone": "+33 1 99 00 12 34",
        "email": "contact@maison-exemple.example",
        "website": "https://maison-exemple.example",
        "vat": False,
    }
)
if company.chart_template != "fr":
    env["account.chart.template"].try_loading("fr", company, install_demo=True)

env["res.lang"]._activate_lang("fr_FR")
env["ir.default"].set("res.partner", "lang", "fr_FR")
env["res.users"].with_context(active_test=False).search([]).lang = "fr_FR"
env.cr.commit()
