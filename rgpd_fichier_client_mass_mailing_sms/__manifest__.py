{
    "name": "RGPD: lawful customer file, SMS mailings",
    "summary": "What the customer file add-on must know of mailings by SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "rgpd_fichier_client_mass_mailing",
        "rgpd_fichier_client_sms",
        "mass_mailing_sms",
    ],
    "data": [
        "data/rgpd_purpose.xml",
        "views/mailing_mailing_views.xml",
        "views/mailing_trace_views.xml",
        "views/sms_unsubscribe_templates.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "rgpd_fichier_client_mass_mailing_sms/static/src/**/*",
        ],
        "web.assets_tests": [
            "rgpd_fichier_client_mass_mailing_sms/static/tests/tours/**/*.js",
        ],
    },
}
