{
    "name": "RGPD: lawful customer file, CRM",
    "summary": "What the customer file add-on must know of CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "rgpd_fichier_client",
        "crm",
    ],
    "post_init_hook": "post_init_hook",
    "data": [
        "data/rgpd.data.field.csv",
        "data/rgpd.fact.source.csv",
        "data/rgpd.data.link.csv",
        "views/crm_lead_views.xml",
        "views/utm_source_views.xml",
    ],
    "demo": [
        "demo/rgpd_demo.xml",
    ],
}
