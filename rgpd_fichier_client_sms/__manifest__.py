{
    "name": "RGPD: lawful customer file, SMS",
    "summary": "What the customer file add-on must know of SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "rgpd_fichier_client",
        "sms",
    ],
    "post_init_hook": "post_init_hook",
    "data": [
        "data/rgpd.data.field.csv",
        "data/rgpd.data.link.csv",
        "views/sms_composer_views.xml",
        "views/sms_sms_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "rgpd_fichier_client_sms/static/src/**/*",
        ],
    },
}
