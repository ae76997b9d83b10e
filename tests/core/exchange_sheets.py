"""A register as plain values, larger than what the formats of others have room for."""

from odoo.addons.rgpd_fichier_client.core.register.exchange.grid import simplify
from odoo.addons.rgpd_fichier_client.core.register.exchange.sheet import (
    Lists,
    new_purpose,
    new_sheet,
)

DATA = {
    "identity": "Identité",
    "contact": "Coordonnées",
    "order": "Commandes",
    "invoice": "Factures et comptabilité",
    "technical": "Données de connexion",
}
PERSONS = {
    "customer": "Clients",
    "prospect": "Prospects",
    "referred": "Filleuls",
    "visitor": "Visiteurs du site web",
}
LISTS = Lists(
    {simplify(name): code for code, name in DATA.items()},
    {simplify(name): code for code, name in PERSONS.items()},
)
ACTOR = {
    "name": "Boutique Exemple",
    "street": "1 rue des Essais",
    "zip": "75001",
    "city": "Paris",
    "country": "France",
    "phone": "+33 1 99 00 12 34",
    "email": "rgpd@boutique.example",
    "number": "000000000",
}
ACTORS = {"controller": ACTOR, "dpo": {}, "dpo_company": {}, "representative": {}}
PERIODS = {
    "start_event": "contract_end",
    "active": [3, "year"],
    "archive": [5, "year"],
    "end_action": "delete",
}


def make_sheet(**values):
    """Return a sheet that has more of everything than the CNIL workbook has room."""
    purposes = [
        new_purpose(
            f"Finalité {number}",
            code=f"purpose_{number}",
            basis=basis,
            legal_reference=reference,
            interest=interest,
            data=["identity", "contact", *extra],
            **PERIODS,
        )
        for number, (basis, reference, interest, extra) in enumerate(
            [
                ("contract", "", "", ["order"]),
                ("legal_obligation", "L123-22 C. com.", "", ["invoice"]),
                ("legitimate_interest", "", "Développer l'activité", []),
                ("consent", "", "", []),
                ("vital_interest", "", "", []),
                ("public_task", "Code de la santé", "", []),
                ("contract", "", "", ["technical"]),
            ],
            1,
        )
    ]
    purposes[0]["rules"] = [
        {
            "name": "Carte bancaire",
            "data": ["order"],
            "is_forbidden": False,
            "start_event": "order",
            "active": [13, "month"],
            "archive": [0, "year"],
            "end_action": "delete",
        }
    ]
    sheet = new_sheet(
        name="Commandes et livraisons",
        reference="RT-001",
        objective="Prendre et exécuter les commandes.\nLivrer.",
        date_start="2020-01-31",
        joint_controllers=["Fédération Exemple", "Réseau Exemple"],
        responsible="Camille Exemple",
        purposes=purposes,
        persons=[{"code": code, "name": name} for code, name in PERSONS.items()],
        data_detail="Nom, adresse, panier",
        origin="both",
        origin_detail="Places de marché",
        recipients=[
            {"name": "Service commercial", "kind": "internal"},
            {"name": "Comptabilité", "kind": "internal"},
            {"name": "Hébergeur", "kind": "processor"},
            {"name": "Cabinet comptable", "kind": "authority"},
            {"name": "Filiale suisse", "kind": "third_country"},
            {"name": "Association", "kind": "other"},
            {"name": "Marque partenaire", "kind": "partner"},
        ],
        processors=[
            {
                "name": "Nuage Exemple",
                "service": "Hébergement",
                "role": "processor",
                "country": "FR",
            }
        ],
        transfers=[
            {
                "name": f"Destinataire {number}",
                "country": code,
                "country_name": name,
                "safeguard": safeguard,
                "document": f"https://www.example.com/{number}",
            }
            for number, (code, name, safeguard) in enumerate(
                [
                    ("US", "États-Unis", "adequacy"),
                    ("IN", "Inde", "scc"),
                    ("MA", "Maroc", "bcr"),
                    ("TN", "Tunisie", "art49"),
                    ("BR", "Brésil", "code"),
                    ("CL", "Chili", "certification"),
                ]
            )
        ],
        measures=[
            {"name": name, "guide_number": number, "state": state}
            for number, name, state in (
                (4, "Authentifier les utilisateurs", "applied"),
                (5, "Gérer les habilitations", "partial"),
                (16, "Journaliser", "to_do"),
                (17, "Sauvegarder", "applied"),
                (21, "Chiffrer", "not_applicable"),
                (3, "Former", "applied"),
            )
        ],
        tools="Odoo",
        person_count=12000,
        dpia={"criteria": ["dpia_scoring"], "conclusion": "Aucune AIPD n'est due."},
    )
    sheet |= {
        "actors": ACTORS,
        "state": "validated",
        "created": "2020-01-31",
        "updated": "2026-11-01",
        "data": [
            {"code": code, "name": name, "sensitive": False, "retention": []}
            for code, name in DATA.items()
        ],
    }
    sheet["sensitive"] |= {"present": False}
    return sheet | values


def make_register(*sheets):
    return {
        "generated": "2026-11-25T08:00:00Z",
        "language": "fr_FR",
        "actors": ACTORS,
        "sheets": list(sheets) or [make_sheet()],
    }
