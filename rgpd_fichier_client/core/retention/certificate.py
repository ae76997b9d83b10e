"""Content of a certificate of erasure: what went, what stays, why, until when.

The content holds counts, codes, articles and dates; nothing in it identifies the
person. Its digest goes to the journal, whose seal proves the certificate later.
"""

import hashlib
import json
from datetime import date, datetime

FORMAT = 1


def content(erasure, lines):
    """Build the canonical content, lines in a fixed order whatever the input order.

    :param erasure: dict of scalars (subject uid, ground, moments, company number)
    :param lines: iterable of dicts (kind, model, category, count, article, end_date)
    """
    rows = [{k: _plain(v) for k, v in sorted(line.items())} for line in lines]
    rows.sort(key=lambda row: json.dumps(row, sort_keys=True, ensure_ascii=False))
    head = {key: _plain(value) for key, value in erasure.items()}
    return {"format": FORMAT, **head, "lines": rows}


def digest(certificate):
    """SHA-256 of the canonical JSON of a certificate."""
    text = json.dumps(
        certificate, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value):
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if value is not None else False


# Where a residue of the sweep was found decides what may be done about it.
RESIDUE_OTHER_PERSON = "other_person"
RESIDUE_ACCOUNTING = "accounting"
RESIDUE_EVIDENCE = "evidence"
RESIDUE_REDACT = "redact"
RESIDUE_UNKNOWN = "unknown"
# A name alone: perhaps somebody else's, so nothing is removed and nothing waits for it
RESIDUE_DOUBTFUL = "doubtful"

ACCOUNTING_TABLES = {
    "account_move",
    "account_move_line",
    "account_payment",
    "account_bank_statement_line",
    "account_bank_statement",
    "account_partial_reconcile",
}
# The program's own text, written by staff or shipped: code, views, templates, settings.
# An identifier in it may be there by coincidence, and a change may break the program:
# somebody has to look
PROGRAM_TABLES = {
    "base_automation",
    "fetchmail_server",
    "ir_act_client",
    "ir_act_report_xml",
    "ir_act_server",
    "ir_act_url",
    "ir_act_window",
    "ir_actions",
    "ir_asset",
    "ir_config_parameter",
    "ir_cron",
    "ir_default",
    "ir_mail_server",
    "ir_model_access",
    "ir_model_data",
    "ir_module_category",
    "ir_rule",
    "ir_sequence",
    "ir_ui_view",
    "mail_alias",
    "mail_template",
    "report_paperformat",
    "res_groups",
    "sms_template",
    "theme_ir_ui_view",
}
EVIDENCE_PREFIX = "rgpd_"
TEXT_COLUMNS = {"text", "character varying", "jsonb", "varchar", "json"}


def decide_residue(
    table, column_type, *, anchor_tables=(), protected=False, program=None
):
    """Tell what to do with one residue.

    Another person's own record is never touched: sharing an address or a phone with
    somebody who was erased takes nothing from one's own file. Posted accounting
    documents and the audit trail stay as they are (Art. 17.3 b). The text of the
    program is only reported.

    :param program: whether the row is part of the program; None: as its table says
    """
    if protected or table in ACCOUNTING_TABLES:
        return RESIDUE_ACCOUNTING
    if table.startswith(EVIDENCE_PREFIX):
        return RESIDUE_EVIDENCE
    if table in anchor_tables:
        return RESIDUE_OTHER_PERSON
    if table in PROGRAM_TABLES if program is None else program:
        return RESIDUE_UNKNOWN
    if column_type in TEXT_COLUMNS:
        return RESIDUE_REDACT
    return RESIDUE_UNKNOWN
