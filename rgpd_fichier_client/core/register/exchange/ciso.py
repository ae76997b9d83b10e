"""The workbook that CISO Assistant writes for one processing and reads again."""

from . import phrase
from .grid import Grid, fold, get_cell_name, simplify, unfold
from .issue import Issue
from .retention import read_line, write_lines
from .sheet import Found, Reading, add_detail, new_purpose, new_sheet

FORMAT = "ciso"
COLUMNS = {
    "Processing": (
        "ref_id",
        "name",
        "description",
        "domain",
        "status",
        "processing_nature",
        "information_channel",
        "usage_channel",
        "dpia_required",
        "dpia_reference",
        "assigned_to",
        "labels",
    ),
    "Purposes": ("name", "description", "legal_basis", "article_9_condition"),
    "Personal data": (
        "name",
        "description",
        "category",
        "retention",
        "deletion_policy",
        "is_sensitive",
        "assets",
    ),
    "Data subjects": ("name", "description", "category"),
    "Data recipients": ("name", "description", "category"),
    "Contractors": (
        "name",
        "description",
        "entity",
        "relationship_type",
        "country",
        "documentation_link",
    ),
    "Transfers": (
        "name",
        "description",
        "entity",
        "country",
        "transfer_mechanism",
        "guarantees",
        "documentation_link",
    ),
}
_STATES = {
    "draft": "draft",
    "to_review": "in_review",
    "validated": "approved",
    "archived": "deprecated",
}
_BASES = {
    "consent": "consent",
    "contract": "contract",
    "legal_obligation": "legal_obligation",
    "vital_interest": "vital_interests",
    "public_task": "public_interest",
    "legitimate_interest": "legitimate_interests",
}
_EXCEPTIONS = {
    "a": "explicit_consent",
    "b": "employment_social_security",
    "c": "vital_interests_incapacity",
    "d": "nonprofit_organization",
    "e": "public_data",
    "f": "legal_claims",
    "g": "substantial_public_interest",
    "h": "preventive_medicine",
    "i": "public_health",
    "j": "archiving_research",
}
_ENDS = {
    "delete": "automatic_deletion",
    "anonymize": "anonymization",
    "archive": "legal_regulatory_hold",
    "review": "manual_review_deletion",
}
_DATA = {
    "identity": "basic_identity",
    "contact": "contact_details",
    "address": "address",
    "birth": "basic_identity",
    "company_identity": "identification_numbers",
    "bank": "bank_account",
    "payment": "financial_data",
    "order": "transaction_history",
    "invoice": "financial_data",
    "correspondence": "correspondence",
    "note": "other",
    "file": "other",
    "login": "online_identifiers",
    "technical": "ip_address",
    "tracking": "user_behavior",
    "preference": "preferences",
    "loyalty": "other",
    "opinion": "opinions",
    "location": "location_data",
    "image": "images_photos",
    "sensitive": "health_data",
    "derived": "other",
    "other": "other",
}
_DATA_CODES = {
    "name": "identity",
    "email": "contact",
    "phone_number": "contact",
    "payment_card": "payment",
    "genetic_data": "sensitive",
    "biometric_data": "sensitive",
    "racial_ethnic_origin": "sensitive",
    "political_opinions": "sensitive",
    "religious_beliefs": "sensitive",
    "trade_union_membership": "sensitive",
    "sexual_orientation": "sensitive",
    "sex_life_data": "sensitive",
    "criminal_records": "sensitive",
    "cookies": "tracking",
    "browsing_history": "tracking",
    "device_information": "technical",
    "tax_information": "invoice",
    "feedback": "opinion",
} | {theirs: ours for ours, theirs in reversed(_DATA.items())}
_DATA_CODES["other"] = "other"
_PERSONS = {
    "customer": "customer",
    "prospect": "prospect",
    "contact": "business_partner",
    "visitor": "visitor",
    "referred": "prospect",
    "employee": "employee",
    "supplier": "business_partner",
    "contractor": "contractor",
    "applicant": "job_applicant",
}
_PERSON_CODES = {
    "user": "visitor",
    "minor": "other",
    "vulnerable": "other",
    "public": "other",
    "other": "other",
} | {theirs: ours for ours, theirs in reversed(_PERSONS.items())}
_KINDS = {
    "internal": "internal_team",
    "processor": "data_processor",
    "partner": "business_partner",
    "authority": "government_entity",
    "third_country": "affiliated_entity",
    "other": "other",
}
_KIND_CODES = {
    "employee": "internal",
    "subsidiary": "internal",
    "parent_company": "partner",
    "service_provider": "processor",
    "cloud_provider": "processor",
    "it_provider": "processor",
    "marketing_agency": "processor",
    "payment_processor": "processor",
    "analytics_provider": "processor",
    "legal_advisor": "authority",
    "accountant": "authority",
    "auditor": "authority",
    "regulatory_authority": "authority",
    "tax_authority": "authority",
    "law_enforcement": "authority",
    "court": "authority",
} | {theirs: ours for ours, theirs in _KINDS.items()}
_ROLES = {
    "processor": "data_processor",
    "joint": "joint_controller",
    "separate": "independent_controller",
}
_SAFEGUARDS = {
    "adequacy": "adequacy_decision",
    "scc": "standard_contractual_clauses",
    "bcr": "binding_corporate_rules",
    "code": "codes_of_conduct",
    "certification": "certification_mechanisms",
    "art49": "derogation",
}
_PREFIX = "privacy_"


def _invert(table):
    return {theirs: ours for ours, theirs in table.items()}


# === WRITE === #


def write(sheet, lang="en"):
    """Return the grids of the workbook of one sheet."""
    rows = {
        "Processing": [_write_processing(sheet)],
        "Purposes": [_write_purpose(purpose, sheet) for purpose in sheet["purposes"]],
        "Personal data": [_write_data(line, sheet, lang) for line in sheet["data"]],
        "Data subjects": [
            {"name": p["name"], "category": _code(_PERSONS, p["code"], "other")}
            for p in sheet["persons"]
        ],
        "Data recipients": [
            {
                "name": r["name"],
                "description": r.get("description", ""),
                "category": _code(_KINDS, r["kind"]),
            }
            for r in sheet["recipients"]
        ],
        "Contractors": [_write_processor(p) for p in sheet["processors"]],
        "Transfers": [_write_transfer(line) for line in sheet["transfers"]],
    }
    return [
        Grid(
            name,
            [
                list(columns),
                *([row.get(column, "") for column in columns] for row in rows[name]),
            ],
            {0},
        )
        for name, columns in COLUMNS.items()
    ]


def _code(table, key, default=""):
    code = table.get(key, default)
    return f"{_PREFIX}{code}" if code else ""


def _write_processing(sheet):
    return {
        "ref_id": sheet["reference"],
        "name": sheet["name"],
        "description": sheet["objective"],
        "status": _code(_STATES, sheet.get("state"), "draft"),
        "information_channel": sheet["origin_detail"],
        "usage_channel": sheet["tools"],
        "dpia_required": "true" if len(sheet["dpia"]["criteria"]) > 1 else "false",
        "dpia_reference": sheet["dpia"]["conclusion"],
    }


def _write_purpose(purpose, sheet):
    is_interest = purpose["basis"] == "legitimate_interest"
    reason = purpose["interest" if is_interest else "legal_reference"]
    sensitive = "sensitive" in purpose["data"] and sheet["sensitive"]["exception"]
    return {
        "name": purpose["name"],
        "description": reason,
        "legal_basis": _code(_BASES, purpose["basis"]),
        "article_9_condition": _code(_EXCEPTIONS, sensitive) if sensitive else "",
    }


def _write_data(line, sheet, lang):
    ends = {
        purpose["end_action"]
        for purpose in sheet["purposes"]
        if line["code"] in purpose["data"]
    }
    return {
        "name": line["name"],
        "category": _code(_DATA, line["code"], "other"),
        "retention": fold(write_lines(sheet, [line["code"]], lang)),
        "deletion_policy": _code(_ENDS, ends.pop()) if len(ends) == 1 else "",
        "is_sensitive": "true" if line["sensitive"] else "false",
    }


def _write_processor(processor):
    return {
        "name": processor["name"],
        "description": processor["service"],
        "entity": processor["name"],
        "relationship_type": _code(_ROLES, processor["role"]),
        "country": processor["country"],
    }


def _write_transfer(line):
    return {
        "name": line["name"],
        "entity": line.get("processor", ""),
        "country": line["country"],
        "transfer_mechanism": _code(_SAFEGUARDS, line["safeguard"]),
        "guarantees": line.get("fallback", ""),
        "documentation_link": line["document"],
    }


# === READ === #


def is_known(grids):
    """Tell whether a workbook has the sheets of CISO Assistant."""
    names = {simplify(grid.name) for grid in grids}
    return "processing" in names and bool(names & {"purposes", "personal data"})


def read(grids, lists, place=""):
    """Return what a workbook of CISO Assistant holds: one processing."""
    reader = _BookReader(grids, lists, place)
    sheet = reader.read_sheet()
    reading = Reading(FORMAT, issues=reader.issues)
    if sheet:
        reading.found.append(Found(sheet, place))
    return reading


class _BookReader:
    """Reads the workbook of one processing."""

    def __init__(self, grids, lists, place):
        self.grids = {simplify(grid.name): grid for grid in grids}
        self.lists = lists
        self.place = place
        self.issues = []

    def _rows(self, name):
        """Yield ``(row number, {column: text})`` of a sheet, by its headers."""
        grid = self.grids.get(simplify(name))
        if not grid or not grid.rows:
            return
        headers = {
            cell.strip().lower(): column for column, cell in enumerate(grid.rows[0])
        }
        for number in range(1, len(grid.rows)):
            values = {
                header: grid.get(number, column) for header, column in headers.items()
            }
            if any(values.values()):
                yield number, dict.fromkeys(COLUMNS[name], "") | values

    def _tell(self, code, name, row, column="name", value="", is_error=False):
        grid = self.grids[simplify(name)]
        headers = [cell.strip().lower() for cell in grid.rows[0]]
        number = headers.index(column) if column in headers else 0
        sheet = f"{self.place} {grid.name}".strip()
        cell = get_cell_name(row, number)
        self.issues.append(Issue(code, sheet, cell, value[:80], is_error))

    def _take(self, table, name, row, values, column, default=""):
        """Return our code for a code of theirs, with or without their prefix."""
        text = values[column]
        code = text.strip().lower().removeprefix(_PREFIX)
        if not code:
            return default
        if code not in table:
            self._tell("bad_code", name, row, column, text)
            return default
        return table[code]

    def read_sheet(self):
        """Return the sheet, or None without a processing that has a name."""
        rows = list(self._rows("Processing"))
        if not rows or not rows[0][1]["name"]:
            self._tell(
                "no_name", "Processing", rows[0][0] if rows else 1, is_error=True
            )
            return None
        for row, _values in rows[1:]:
            self._tell("one_per_book", "Processing", row, is_error=True)
        values = rows[0][1]
        sheet = new_sheet(
            name=values["name"],
            reference=values["ref_id"],
            objective=values["description"],
            origin_detail=values["information_channel"],
            tools=values["usage_channel"],
        )
        sheet["dpia"]["conclusion"] = values["dpia_reference"]
        self._read_purposes(sheet)
        self._read_data(sheet)
        self._read_lists(sheet)
        self._read_transfers(sheet)
        return sheet

    def _read_purposes(self, sheet):
        exceptions = _invert(_EXCEPTIONS)
        for row, values in self._rows("Purposes"):
            if not values["name"]:
                self._tell("no_name", "Purposes", row)
                continue
            where = ("Purposes", row, values)
            basis = self._take(_invert(_BASES), *where, "legal_basis")
            if not basis:
                self._tell("no_basis", "Purposes", row, "legal_basis", values["name"])
            purpose = new_purpose(values["name"], basis=basis)
            name = "interest" if basis == "legitimate_interest" else "legal_reference"
            purpose[name] = values["description"]
            sheet["purposes"].append(purpose)
            exception = self._take(exceptions, *where, "article_9_condition")
            sheet["sensitive"]["exception"] = (
                exception or sheet["sensitive"]["exception"]
            )

    def _read_data(self, sheet):
        for row, values in self._rows("Personal data"):
            where = ("Personal data", row, values)
            code = self.lists.get_data(values["name"]) or self._take(
                _DATA_CODES, *where, "category", "other"
            )
            if values["is_sensitive"].lower() in ("true", "1", "yes", "oui"):
                code = "sensitive"
            if not self.lists.get_data(values["name"]):
                add_detail(
                    sheet,
                    " : ".join(filter(None, (values["name"], values["description"]))),
                )
            self._read_retention(sheet, row, values, code)

    def _read_retention(self, sheet, row, values, code):
        lines = unfold(values["retention"])
        unread = [
            line for line in lines if not read_line(line, sheet, [code], self.lists)
        ]
        if len(unread) == len(lines):
            rule = phrase.parse(values["retention"])
            for purpose in sheet["purposes"]:
                if code not in purpose["data"]:
                    purpose["data"].append(code)
                if rule and not purpose["start_event"]:
                    purpose.update(rule)
            if rule:
                return
        if unread:
            text = "; ".join(unread)
            self._tell("period_as_text", "Personal data", row, "retention", text)
            add_detail(sheet, f"{values['name']} : {text}")

    def _read_lists(self, sheet):
        for row, values in self._rows("Data subjects"):
            where = ("Data subjects", row, values)
            code = self.lists.get_person(values["name"]) or self._take(
                _PERSON_CODES, *where, "category"
            )
            sheet["persons"].append({"code": code, "name": values["name"] or code})
        for row, values in self._rows("Data recipients"):
            where = ("Data recipients", row, values)
            kind = self._take(_KIND_CODES, *where, "category", "other")
            sheet["recipients"].append(
                {
                    "name": values["name"],
                    "kind": kind,
                    "description": values["description"],
                }
            )
        roles = _invert(_ROLES) | {"sub_processor": "processor", "other": "processor"}
        for row, values in self._rows("Contractors"):
            role = self._take(
                roles, "Contractors", row, values, "relationship_type", "processor"
            )
            sheet["processors"].append(
                {
                    "name": values["entity"] or values["name"],
                    "service": values["description"],
                    "role": role,
                    "country": values["country"],
                    "country_name": values["country"],
                }
            )

    def _read_transfers(self, sheet):
        codes = _invert(_SAFEGUARDS)
        for row, values in self._rows("Transfers"):
            where = ("Transfers", row, values)
            safeguard = self._take(codes, *where, "transfer_mechanism")
            sheet["transfers"].append(
                {
                    "name": values["name"] or values["entity"],
                    "country": values["country"],
                    "country_name": values["country"],
                    "safeguard": safeguard,
                    "document": values["documentation_link"],
                    "fallback": values["guarantees"],
                    "processor": values["entity"],
                }
            )
