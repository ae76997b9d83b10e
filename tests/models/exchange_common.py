"""What the tests of export and import of the register share."""

import base64

from odoo.addons.rgpd_fichier_client.core.register.exchange import files

from ..common import RgpdCase

# What says when, by whom or in which state, and not what the register says.
NOT_CONTENT = ("actors", "state", "created", "updated")


class ExchangeCase(RgpdCase):
    """A company with a whole register of its own, another one without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.other = cls.env["res.company"].create({"name": "Autre Boutique"})
        cls.reader = cls.new_user("reader", lang="fr_FR")
        cls.dpo = cls.new_user("dpo", lang="fr_FR")
        cls.stranger = cls.new_user(
            "dpo",
            login="dpo_other",
            lang="fr_FR",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )
        cls.sheet = cls.env.ref("rgpd_fichier_client.rgpd_processing_order")
        cls.complete(cls.sheet)

    @classmethod
    def complete(cls, sheet):
        """Write in the sheet, for this company alone, all that a sheet can say."""
        partner = cls.env["res.partner"].create(
            {"name": "Réseau Exemple", "is_company": True}
        )
        france, india = cls.env.ref("base.fr"), cls.env.ref("base.in")
        processor = cls.env["rgpd.processor"].create(
            {
                "name": "Nuage Exemple",
                "company_id": cls.company.id,
                "service": "Hébergement",
                "country_id": france.id,
                "hosting_country_ids": [(6, 0, (france | india).ids)],
                "access_country_ids": [(6, 0, india.ids)],
                "certifications": "ISO 27001",
                "certification_end": "2028-01-31",
                "breach_hours": 24,
                "contract_date": "2024-01-31",
                "contract_end": "2030-01-31",
                "has_object": True,
                "has_audit": True,
            }
        )
        cls.env["rgpd.processor"].create(
            {
                "name": "Sous-nuage Exemple",
                "company_id": cls.company.id,
                "parent_id": processor.id,
            }
        )
        sheet.write(
            {
                "company_id": cls.company.id,
                "date_start": "2020-01-31",
                "date_review": "2027-01-31",
                "data_detail": "Nom, adresse, panier",
                "data_origin": "both",
                "origin_detail": "Places de marché",
                "person_count": 12000,
                "dpia_scoring": True,
                "dpia_matching": True,
                "dpia_conclusion": "Faite.",
                "sensitive_exception": "a",
                "sensitive_reason": "Allergies",
                "joint_controller_ids": [(6, 0, partner.ids)],
                "processor_ids": [(6, 0, processor.ids)],
                "responsible_id": cls.env.ref("base.user_admin").id,
                "measure_ids": [(0, 0, cls.measure_vals())],
                "recipient_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Filiale indienne",
                            "kind": "third_country",
                            "description": "Support",
                            "company_id": cls.company.id,
                        },
                    )
                ],
                "transfer_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Filiale indienne",
                            "country_id": india.id,
                            "processor_id": processor.id,
                            "safeguard": "scc",
                            "scc_module": "2",
                            "fallback_safeguard": "bcr",
                            "impact_assessment_date": "2025-01-31",
                            "document_url": "https://www.example.com/scc",
                            "is_commercial": False,
                        },
                    )
                ],
            }
        )
        cls.complete_purpose(sheet.purpose_ids[0])

    @classmethod
    def measure_vals(cls):
        return {
            "name": "Coffre à mots de passe",
            "guide_number": 4,
            "state": "applied",
            "proof": "Contrat",
            "date_checked": "2026-01-31",
            "company_id": cls.company.id,
        }

    @classmethod
    def complete_purpose(cls, purpose):
        purpose.write(
            {
                "interest": "Vendre",
                "public_name": "Mes achats",
                "is_in_preferences": False,
                "balancing_conclusion": "guarded",
                "balancing_interest": "Un",
                "balancing_necessity": "Deux",
                "balancing_result": "Trois",
                "channel_email": True,
                "notice_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Case",
                            "kind": "choice",
                            "channel": "email",
                            "text": "J'accepte.",
                            "company_id": cls.company.id,
                        },
                    )
                ],
                "rule_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Règle maison",
                            "company_id": cls.company.id,
                            "start_event": "order",
                            "active_delay": 13,
                            "active_unit": "month",
                            "minimum_amount": 120,
                            "data_category_ids": [
                                (6, 0, purpose.data_category_ids[:1].ids)
                            ],
                        },
                    )
                ],
            }
        )

    # === OUT === #

    def export(self, kind, sheets, user=None):
        """Return the bytes that the wizard gives to this user."""
        wizard = (
            self.env["rgpd.register.export"]
            .with_user(user or self.dpo)
            .create({"format": kind, "processing_ids": [(6, 0, sheets.ids)]})
        )
        wizard.action_export()
        return base64.b64decode(wizard.file)

    def read(self, kind, sheets, user=None):
        """Return the sheets of an export, as the core reads them."""
        importer = self.env["rgpd.register.importer"].with_user(user or self.dpo)
        reading = files.read(self.export(kind, sheets, user), importer._get_lists())
        return [found.sheet for found in reading.found]

    # === IN === #

    def preview(self, data, user=None, **vals):
        user = user or self.dpo
        wizard = (
            self.env["rgpd.register.import"]
            .with_user(user)
            .create(
                {
                    "file": base64.b64encode(data),
                    "company_id": user.company_id.id,
                    **vals,
                }
            )
        )
        wizard.action_preview()
        return wizard

    def bring_in(self, data, user=None):
        """Import a file as it is proposed; return the sheets."""
        action = self.preview(data, user).action_import()
        return self.env["rgpd.processing"].browse(action["domain"][0][2])

    def describe(self, sheet, lang="en_US"):
        """Return what a sheet says, to compare two of them."""
        content = sheet.with_context(lang=lang)._get_exchange()
        return {key: content[key] for key in content if key not in NOT_CONTENT}
