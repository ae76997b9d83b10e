"""Do the main job of the add-on on the demonstration data and say what was done.

Read by `odoo shell`, which provides `env`. Each of the six parts calls what a user
would click or what a cron runs, then counts in the database what came of it.
"""

import io
import zipfile

from odoo.tools import mute_logger

WIDTH = 88


def title(number, text):
    print(f"\n\033[1m{number}. {text}\033[0m")


def say(text, *values):
    print("   " + text % values if values else "   " + text)


def count(model, *domain):
    return env[model].with_context(active_test=False).search_count(list(domain))


def name_of(selection_field, value):
    return dict(selection_field._description_selection(env)).get(value, value)


env = env(context={**env.context, "lang": "fr_FR"})
company = env.ref("base.main_company")
env = env(context={**env.context, "allowed_company_ids": company.ids})
person = "rgpd_fichier_client.demo_customer_01"
customer = env.ref(person)

print("=" * WIDTH)
print("What rgpd_fichier_client did on Odoo's demonstration data".center(WIDTH))
print("=" * WIDTH)

# === 1. DATA MAP === #

env["rgpd.data.map"]._discover()
env["rgpd.subject"]._refresh()
title(1, "Data map, found in the live registry")
say(
    "%s models, %s fields, of which %s hold personal data; %s ways to a person",
    len(env["rgpd.data.map"]._get_mapped_models()),
    count("rgpd.data.field", ("is_present", "=", True)),
    count(
        "rgpd.data.field",
        ("is_present", "=", True),
        ("effective_status", "=", "classified"),
    ),
    count("rgpd.data.link", ("is_present", "=", True)),
)
say("%s fields still to classify by hand", len(env["rgpd.data.map"]._check()))
for model, number in env["rgpd.subject"]._read_group(
    [("is_natural", "=", True), ("is_in_file", "=", True)], ["res_model"], ["__count"]
):
    say("%4d natural persons in %s", number, env[model]._description)
say(
    "     of which %s sole traders; %s companies and technical contacts left out",
    count("rgpd.subject", ("natural_evidence", "like", "sole_trader")),
    count("rgpd.subject", ("is_natural", "=", False)),
)

# === 2. REGISTER === #

title(2, "Register of processing (Art. 30)")
sheets = env["rgpd.processing"].search([("state", "!=", "archived")])
say(
    "%s sheets, %s purposes, each with its legal basis and its period",
    len(sheets),
    len(env["rgpd.purpose"]._get_purposes(company)),
)
report = env["ir.actions.report"].with_context(force_report_rendering=True)
with mute_logger("odoo.addons.base.models.ir_actions_report"):
    pdf, _kind = report._render_qweb_pdf(
        "rgpd_fichier_client.rgpd_register_report", sheets.ids
    )
say("printed: %s kB of PDF", len(pdf) // 1024)

# === 3. CONSENT === #

# What a shop declares once in the settings, and the check takes silence for a no
company.write(
    {
        "rgpd_softoptin_similar": True,
        "rgpd_softoptin_since": "2015-01-01",
        "rgpd_messages_unsubscribe": True,
        "rgpd_informs_at_collection": True,
    }
)

title(3, "Consent, and the contact check")
prospect, other, objector = (
    env.ref(f"rgpd_fichier_client.demo_prospect_{number:02d}") for number in (1, 2, 3)
)
purpose, channel = "prospect_email_b2c", "email"
Consent = env["rgpd.consent"]
notice = env["rgpd.notice"]._get_version(
    env["rgpd.purpose"].search([("code", "=", purpose)], limit=1), channel, company
)
Consent._record(
    prospect,
    purpose,
    channel,
    "given",
    version=notice,
    method="form",
    collection_point="till",
)
Consent._record(
    objector,
    purpose,
    channel,
    "objected",
    method="spoken",
    collection_point="phone",
)
gate = env["rgpd.contact.gate"]
for who, label in (
    (customer, "a customer, for similar products"),
    (prospect, "a prospect who consented"),
    (other, "a prospect who was not asked"),
    (objector, "a prospect who objected"),
):
    asked = "softoptin" if who == customer else purpose
    verdict = gate._check(who, asked, channel, company)[who.id]
    answer = "yes" if verdict["allowed"] else "no "
    say("%-36s %s  (%s, %s)", label, answer, verdict["code"], verdict["article"] or "-")
say("%s choices in the evidence", count("rgpd.consent.event"))

# === 4. CONTACTS AND ORDERS === #

env["rgpd.reason"]._refresh()
title(4, "Legal basis, phase and retention on contacts and orders")
Partner = env["res.partner"].with_context(active_test=False)
for phase, number in Partner._read_group([], ["rgpd_phase"], ["__count"]):
    if phase:
        say(
            "%4d contacts: %s",
            number,
            name_of(Partner._fields["rgpd_phase"], phase).lower(),
        )
Order = env["sale.order"]
for basis, number in Order._read_group([], ["rgpd_legal_basis"], ["__count"]):
    say(
        "%4d orders: %s",
        number,
        name_of(Order._fields["rgpd_legal_basis"], basis).lower(),
    )

# === 5. ACCESS === #

title(5, "Access request (Art. 15)")
stream = io.BytesIO()
with mute_logger("odoo.addons.base.models.ir_actions_report"):
    env["rgpd.person.exporter"]._export(customer, stream)
with zipfile.ZipFile(stream) as archive:
    names = archive.namelist()
say(
    "the copy of one customer: %s files, %s kB (%s)",
    len(names),
    len(stream.getvalue()) // 1024,
    ", ".join(sorted({name.rpartition(".")[2] for name in names})),
)

# === 6. RETENTION === #

title(6, "Retention, with the approval of the DPO")
env["rgpd.reason"]._cron_retention()
say("before the approval the night erases %s persons", count("rgpd.erasure"))
env.user.group_ids |= env.ref("rgpd_fichier_client.group_rgpd_dpo")
simulation = env["rgpd.simulation"].create({"company_id": company.id})
simulation.action_compute()
say(
    "simulation: %s to erase, %s held back, %s kept in intermediate archive, %s in use",
    simulation.erase_count,
    simulation.held_count,
    simulation.archive_count,
    simulation.keep_count,
)
say(
    "     and %s orders and leads of persons who stay: each ends on its own day",
    simulation.document_count,
)
kept = simulation.line_ids.filtered(lambda line: line.decision == "archive")[:1]
if kept:
    say("kept, for instance, because of:")
    say("     %s", kept.explanation.splitlines()[0])
simulation.confirm_count = simulation.erase_count
simulation.action_approve()
env["rgpd.reason"]._cron_retention()
env["rgpd.erasure.outbox"]._cron_flush()
env["rgpd.erasure"]._cron_sweep()
run = simulation.run_ids
say(
    "the night erased %s persons, %s failed; %s persons with a live reason were kept",
    run.erased_count,
    run.failed_count,
    run.kept_count,
)
say("the names left %s documents, their amounts stayed", run.document_count)
erasures = run.erasure_ids
say(
    "the sweep of every table and file closed %s certificates, %s still open",
    len(erasures.filtered(lambda erasure: erasure.state == "closed")),
    len(erasures.filtered(lambda erasure: erasure.state != "closed")),
)
with mute_logger("odoo.addons.base.models.ir_actions_report"):
    pdf, _kind = report._render_qweb_pdf(
        "rgpd_fichier_client.rgpd_erasure_certificate_report", erasures[:1].ids
    )
say("certificate %s printed: %s kB of PDF", erasures[:1].reference, len(pdf) // 1024)

env["rgpd.journal"]._cron_seal()
say("the journal has %s entries, sealed and signed", count("rgpd.journal"))
print("\n" + "=" * WIDTH)
env.cr.commit()
