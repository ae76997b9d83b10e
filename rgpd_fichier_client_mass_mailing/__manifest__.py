{
    "name": "RGPD: lawful customer file, mass mailing",
    "summary": "What the customer file add-on must know of mass mailing",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "rgpd_fichier_client",
        "mass_mailing",
    ],
    "post_init_hook": "post_init_hook",
    "data": [
        "data/rgpd.data.field.csv",
        "data/rgpd.fact.source.csv",
        "data/rgpd.data.link.csv",
        "views/mailing_contact_views.xml",
        "views/mailing_mailing_views.xml",
        "views/mailing_trace_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "rgpd_fichier_client_mass_mailing/static/tests/tours/**/*.js",
        ],
    },
}
