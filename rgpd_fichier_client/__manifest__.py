{
    "name": "RGPD: lawful customer file",
    "summary": "Consent, legal basis, retention, erasure and rights on your customers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "rgpd_fichier_client contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": [
        "mail",
        "phone_validation",
        "portal",
        "sale",
    ],
    "external_dependencies": {
        "python": [
            "cryptography",
            "lxml",
            "phonenumbers",
            "pypdf",
        ],
    },
    "data": [
        # Groups, used by everything else
        "security/rgpd_groups.xml",
        # The menus of the application; each topic adds its own with its views
        "views/menus.xml",
        # journal
        "security/journal/ir.model.access.csv",
        "security/journal/journal_rules.xml",
        "data/journal/ir_cron.xml",
        "data/journal/mail_template.xml",
        "views/journal/rgpd_journal_views.xml",
        "views/journal/rgpd_journal_seal_views.xml",
        "views/journal/rgpd_key_fingerprint_views.xml",
        "views/journal/rgpd_journal_verify_views.xml",
        "views/journal/menus.xml",
        # datamap
        "security/datamap/ir.model.access.csv",
        "security/datamap/datamap_rules.xml",
        "data/datamap/rgpd.data.category.csv",
        "data/datamap/rgpd.data.field-account.csv",
        "data/datamap/rgpd.data.field-base.csv",
        "data/datamap/rgpd.data.field-mail.csv",
        "data/datamap/rgpd.data.field-sale.csv",
        "data/datamap/rgpd.fact.source.csv",
        "data/datamap/rgpd.data.link.csv",
        "data/datamap/datamap_cron.xml",
        "views/datamap/rgpd_data_field_views.xml",
        "views/datamap/rgpd_data_category_views.xml",
        "views/datamap/rgpd_data_link_views.xml",
        "views/datamap/rgpd_fact_source_views.xml",
        "views/datamap/rgpd_subject_views.xml",
        "views/datamap/menus.xml",
        # register
        "security/register/ir.model.access.csv",
        "security/register/register_rules.xml",
        "data/register/rgpd_sequence.xml",
        "data/register/rgpd_person_category.xml",
        "data/register/rgpd_recipient.xml",
        "data/register/rgpd_measure.xml",
        "data/register/rgpd_adequacy.xml",
        "data/register/rgpd_processing.xml",
        "data/register/rgpd_purpose.xml",
        "data/register/rgpd_retention_rule.xml",
        "data/register/rgpd_notice.xml",
        "report/rgpd_register_report.xml",
        "views/register/rgpd_processing_views.xml",
        "views/register/rgpd_purpose_views.xml",
        "views/register/rgpd_processor_views.xml",
        "views/register/rgpd_transfer_views.xml",
        "views/register/rgpd_notice_views.xml",
        "views/register/rgpd_recipient_views.xml",
        "views/register/rgpd_measure_views.xml",
        "views/register/rgpd_retention_rule_views.xml",
        "views/register/rgpd_adequacy_views.xml",
        "views/register/rgpd_processing_version_views.xml",
        "views/register/res_config_settings_views.xml",
        "views/register/menus.xml",
        # consent
        "security/consent/ir.model.access.csv",
        "security/consent/consent_rules.xml",
        "data/consent/rgpd_contact_rule_data.xml",
        "data/consent/consent_cron.xml",
        "report/rgpd_consent_proof_report.xml",
        "views/consent/rgpd_consent_event_views.xml",
        "views/consent/rgpd_consent_views.xml",
        "views/consent/rgpd_contact_rule_views.xml",
        "views/consent/rgpd_suppression_views.xml",
        "views/consent/rgpd_consent_wizard_views.xml",
        "views/consent/res_partner_views.xml",
        "views/consent/rgpd_subject_views.xml",
        "views/consent/sale_portal_templates.xml",
        "views/consent/res_config_settings_views.xml",
        "views/consent/menus.xml",
        # retention
        "security/retention/ir.model.access.csv",
        "security/retention/retention_rules.xml",
        "data/retention/rgpd_retention_rule_data.xml",
        "data/retention/retention_cron.xml",
        "views/retention/rgpd_subject_views.xml",
        "views/retention/rgpd_reason_views.xml",
        "views/retention/rgpd_hold_views.xml",
        "views/retention/rgpd_simulation_views.xml",
        "views/retention/res_partner_views.xml",
        "views/retention/sale_order_views.xml",
        "views/retention/menus.xml",
        # eraser
        "security/eraser/ir.model.access.csv",
        "security/eraser/eraser_rules.xml",
        "data/eraser/eraser_cron.xml",
        "report/rgpd_erasure_certificate_report.xml",
        "views/eraser/rgpd_erasure_views.xml",
        "views/eraser/rgpd_erasure_wizard_views.xml",
        "views/eraser/menus.xml",
        # request
        "security/request/ir.model.access.csv",
        "security/request/rgpd_request_rules.xml",
        "data/request/rgpd_request_sequence.xml",
        "data/request/rgpd_request_cron.xml",
        "report/rgpd_request_letter_report.xml",
        "views/request/rgpd_request_delivery_views.xml",
        "views/request/rgpd_request_views.xml",
        "views/request/rgpd_access_wizard_views.xml",
        "views/request/res_partner_views.xml",
        "views/request/rgpd_subject_views.xml",
        "views/request/menus.xml",
    ],
    "demo": [
        # A small French shop over ten years
        "demo/res.partner.csv",
        "demo/rgpd_demo.xml",
        # journal
        # datamap
        # register
        # consent
        "demo/rgpd_consent_demo.xml",
        # retention
        # eraser
        # request
    ],
    "assets": {
        "web.assets_backend": [
            # consent
            "rgpd_fichier_client/static/src/consent/**/*",
            # request
            "rgpd_fichier_client/static/src/request/**/*",
        ],
        "web.assets_frontend": [
            # consent
            "rgpd_fichier_client/static/src/portal/**/*",
        ],
        "web.assets_tests": [
            "rgpd_fichier_client/static/tests/tours/**/*.js",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
