{
    "name": "RGPD: lawful customer file, crm",
    "summary": "What the customer file add-on must know of crm",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "auto_install": True,
    "depends": [
        "rgpd_fichier_client",
        "crm",
    ],
    "data": [
        "data/rgpd.data.field.csv",
    ],
}
