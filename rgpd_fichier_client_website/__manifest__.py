{
    "name": "RGPD: lawful customer file, website",
    "summary": "What the customer file add-on must know of the forms of the website",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "rgpd_fichier_client",
        "website",
    ],
    "data": [
        "views/res_config_settings_views.xml",
        "views/website_form_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "rgpd_fichier_client_website/static/src/**/*",
        ],
    },
}
