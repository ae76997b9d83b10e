"""The labels and the lists of the simplified register of the CNIL (2019 edition)."""

LIST_NAME = "2_-_Liste_des_traitements"
LISTS_NAME = "5_-_Listes"
EXAMPLE_TITLE = "Exemple de fiche de registre"
SHEET_TITLE = "Fiche de registre"
CHOOSE = "Sélectionnez un élément dans cette liste déroulante ►"

NAME = "Nom du traitement"
REFERENCE = "N° / RÉF"
CREATED = "Date de création du traitement"
UPDATED = "Mise à jour du traitement"
JOINT = "Responsable(s) conjoint(s)"
MAIN = "Finalité principale"
ACTORS = (
    ("controller", "Responsable du traitement"),
    ("dpo", "Délégué à la protection des données"),
    ("dpo_company", "Société du DPO (si celui-ci est externe)"),
    ("representative", "Représentant"),
)
ACTOR_HEAD = (
    "Acteurs",
    "Nom",
    "Adresse",
    "Code Postal",
    "Ville",
    "Pays",
    "Téléphone",
    "Adresse mél",
)
ACTOR_FIELDS = ("name", "street", "zip", "city", "country", "phone", "email")

HEADS = {
    "description": "Description du traitement ",
    "actors": "Acteurs",
    "purposes": "Finalité(s) du traitement effectué",
    "data": "Catégories de données personnelles concernées",
    "sensitive": "Données sensibles",
    "persons": "Catégories de personnes concernées",
    "recipients": "Destinataires",
    "measures": "Mesures de sécurité",
    "transfers": "Transferts hors UE",
    # Not in the workbook of the CNIL: what it has no place for, below the rest.
    "extra": "Informations complémentaires",
}

# Label → the categories of ours that belong there; the first one is the usual one.
DATA_ROWS = (
    (
        "État civil, identité, données d'identification, images…",
        (
            "identity",
            "contact",
            "address",
            "birth",
            "company_identity",
            "image",
        ),
    ),
    (
        "Vie personnelle (habitudes de vie, situation familiale, etc.)",
        (
            "other",
            "preference",
            "loyalty",
            "opinion",
            "correspondence",
            "note",
            "file",
            "derived",
        ),
    ),
    (
        "Informations d'ordre économique et financier (revenus, situation financière, "
        "situation fiscale, etc.)",
        ("payment", "bank", "invoice", "order"),
    ),
    (
        "Données de connexion (adress IP, logs, etc.)",
        ("technical", "login", "tracking"),
    ),
    (
        "Données de localisation (déplacements, données GPS, GSM, etc.)",
        ("location",),
    ),
    ("Numéro de Sécurité Sociale (ou NIR)", ()),
)
# Label → a word by which the details of a sheet say that this kind is meant.
SENSITIVE_ROWS = (
    ("Données révélant l'origine raciale ou ethnique", ("racial", "ethni")),
    ("Données révélant les opinions politiques", ("politiq", "politic")),
    (
        "Données révélant les convictions religieuses ou philosophiques",
        ("religi", "philosoph"),
    ),
    ("Données révélant l'appartenance syndicale", ("syndic", "union")),
    ("Données génétiques", ("genet",)),
    (
        "Données biométriques aux fins d'identifier une personne physique de manière "
        "unique",
        ("biometr",),
    ),
    ("Données concernant la santé", ("sante", "medic", "health")),
    (
        "Données concernant la vie sexuelle ou l'orientation sexuelle",
        ("sexuel", "sexual"),
    ),
    (
        "Données relatives à des condamnations pénales ou infractions",
        ("condamnation", "infraction", "offence"),
    ),
)

PERSONS = {
    "employee": "Salariés",
    "customer": "Clients",
    "contact": "Clients",
    "supplier": "Fournisseurs",
    "contractor": "Prestataires",
    "prospect": "Prospects",
    "referred": "Prospects",
    "applicant": "Candidats",
}
OTHER_PERSONS = "Autres (préciser)"
PERSON_LIST = (
    "Salariés",
    "Services Internes",
    "Clients",
    "Fournisseurs",
    "Prestataires",
    "Prospects",
    "Candidats",
    OTHER_PERSONS,
)
PERSON_CODES = {
    "Salariés": "employee",
    "Services Internes": "employee",
    "Clients": "customer",
    "Fournisseurs": "supplier",
    "Prestataires": "contractor",
    "Prospects": "prospect",
    "Candidats": "applicant",
}
RECIPIENTS = {
    "internal": "Service interne qui traite les données",
    "processor": "Sous-traitants",
    "third_country": "Destinataires dans des pays tiers ou organisations "
    "internationales",
    "partner": "Partenaires institutionnels ou commerciaux",
    "authority": "Partenaires institutionnels ou commerciaux",
    "other": "Autre (Préciser)",
}
AUTHORITY = " (autorité ou professionnel du droit)"
PROCESSOR = "Sous-traitant sous contrat (art. 28) : "
OTHER_MEASURES = "Autres mesures (à préciser)"
# Number of the sheet in the security guide (2024) → kind of measure of the register.
MEASURES = {
    4: "Contrôle d'accès des utilisateurs",
    5: "Contrôle d'accès des utilisateurs",
    6: "Mesures de protection des logiciels",
    7: "Mesures de protection des logiciels",
    8: "Mesures de protection des logiciels",
    9: "Mesures de protection des logiciels",
    10: "Mesures de protection des logiciels",
    11: "Mesures de protection des logiciels",
    14: "Contrôle des sous-traitants",
    16: "Mesures de traçabilité",
    17: "Sauvegarde des données",
    18: "Sauvegarde des données",
    21: "Chiffrement des données",
}
MEASURE_LIST = (
    "Mesures de traçabilité",
    "Mesures de protection des logiciels",
    "Sauvegarde des données",
    "Chiffrement des données",
    "Contrôle d'accès des utilisateurs",
    "Contrôle des sous-traitants",
    OTHER_MEASURES,
)
MEASURE_STATES = {
    "applied": "appliquée",
    "partial": "appliquée en partie",
    "to_do": "à faire",
    "not_applicable": "sans objet",
}
SAFEGUARDS = {
    "scc": "Clauses contractuelles types (CCT)",
    "bcr": "Règles d'entreprise contraignantes (BCR)",
    "adequacy": "Pays adéquat",
    "code": "Code de conduite",
    "certification": "Certification",
    "art49": "Dérogations (art 49)",
}
EXTRA = {
    "role": "En tant que",
    "served": "Pour le compte de",
    "persons": "Nombre estimé de personnes",
    "origin": "Origine des données",
    "origin_detail": "Précisions sur l'origine",
    "detail": "Précisions sur les données",
    "tools": "Logiciels et supports",
    "exception": "Exception pour les données sensibles (art. 9.2)",
    "reason": "Justification de l'exception",
    "dpia": "Analyse d'impact (AIPD)",
}
ROLES = {
    "controller": "Responsable du traitement",
    "processor": "Sous-traitant",
}
ORIGINS = {
    "person": "La personne elle-même (art. 13)",
    "indirect": "Une autre source (art. 14)",
    "both": "La personne et une autre source (art. 13 et 14)",
}
