"""Send one mailing to a mixed list, and check that exactly those allowed get it.

The list holds people who consented, customers, people who objected or withdrew, and
people who never said anything. The mail server is replaced by a counter. Beside it, in
the same run:

- Odoo alone, in a database without the add-ons: the same mailing to those 2,000;
- the offer to those 2,000 only, and the same mails as a message about an order, which
  asks the gate nothing.

It fills the databases it runs on and leaves them so; give it copies:

    ./dev bench mailing

Size: RGPD_BENCH_RECIPIENTS (10000). Where seconds depend on what else the machine does,
those of the processor (of Odoo; the database apart) say more.
"""

import json
import os
import time
import warnings

# ./dev runs this file on a database without the add-ons first
BESIDE_ODOO = True
MAIL = "prospect_email_b2c"


def new_people(env, count):
    return env["res.partner"].create(
        [{"name": f"M{n} Banc", "email": f"m{n}@client.example"} for n in range(count)]
    )


def fill(env, count):
    """Return ``(people, those who may get offers)``."""
    env.company.write(
        {
            "rgpd_softoptin_similar": True,
            "rgpd_messages_unsubscribe": True,
            "rgpd_softoptin_since": "2020-01-01",
        }
    )
    people = new_people(env, count)
    consenting, customers, objecting, withdrawn = (
        people[start::10] for start in (0, 1, 2, 3)
    )
    record = env["rgpd.consent"]._record
    for person in consenting | withdrawn:
        record(
            person,
            MAIL,
            "email",
            "given",
            moment=env.cr.now().replace(year=2026, month=1),
        )
    for person in objecting:
        record(person, None, "all", "objected")
    for person in withdrawn:
        record(person, MAIL, "email", "withdrawn")
    orders = env["sale.order"].create([{"partner_id": p.id} for p in customers])
    orders.write({"state": "sale"})
    env.flush_all()
    return people, consenting | customers


def send(env, people, **values):
    """Send a mailing; return ``((seconds, of the processor), addresses, mailing)``."""
    mailing = env["mailing.mailing"].create(
        {
            "subject": "Banc",
            "body_html": '<p>Hello <a href="https://shop.example">Shop</a></p>',
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            "mailing_domain": repr([("id", "in", people.ids)]),
            "email_from": "shop@shop.example",
            **values,
        }
    )
    got = []
    server = type(env["ir.mail_server"])
    kept = {
        name: getattr(server, name)
        for name in ("_disable_send", "_connect__", "send_email")
    }
    server._disable_send = lambda _self: False
    server._connect__ = lambda *_args, **_kwargs: None
    server.send_email = lambda _self, message, *_args, **_kwargs: (
        got.append(message["To"]) or message["Message-Id"]
    )
    try:
        start, work = time.perf_counter(), time.process_time()
        mailing._action_send_mail()
        waiting = [("mailing_id", "=", mailing.id), ("state", "=", "outgoing")]
        while mails := env["mail.mail"].search(waiting, limit=500):
            mails.send()
            env.invalidate_all()
        took = time.perf_counter() - start, time.process_time() - work
        return took, got, mailing
    finally:
        for name, method in kept.items():
            setattr(server, name, method)


def run_alone(env, count):
    """Measure what Odoo does by itself: the mailing to those who get the offer."""
    people = new_people(env, count)
    chosen = people[0::10] | people[1::10]
    took, got, _mailing = send(env, chosen)
    assert len(got) == len(chosen)
    tell(f"Odoo alone, {len(got)} mails", took)
    with open(os.environ["RGPD_BENCH_BARE"], "w", encoding="utf-8") as file:
        json.dump(took, file)


def tell(what, took, beside=None):
    """Print a measure, and how many times that of another it is."""
    ratio = ""
    if beside:
        wall, work = (mine / its for mine, its in zip(took, beside, strict=True))
        ratio = f", {wall:.2f} times ({work:.2f} of the processor)"
    print(f"{what}: {took[0]:.0f} s ({took[1]:.0f} s of the processor){ratio}")


def run(env, count):
    """Measure and print."""
    people, allowed = fill(env, count)
    codes = [MAIL, "softoptin"]
    verdicts = env["rgpd.contact.gate"]._check_any(people, codes, "email")
    by_gate = {person.email for person in people if verdicts[person.id]["allowed"]}
    purposes = env["rgpd.purpose"].search([("code", "in", codes)])
    offer = {"rgpd_purpose_ids": [(6, 0, purposes.ids)]}
    took, got, mailing = send(env, people, **offer)
    expected = set(allowed.mapped("email"))
    received = {address.split("<")[-1].strip(">") for address in got}
    traces = env["mailing.trace"]._read_group(
        [("mass_mailing_id", "=", mailing.id)],
        ["trace_status", "rgpd_code"],
        ["__count"],
    )
    assert received == by_gate == expected and len(got) == len(expected)
    alone = None
    if path := os.environ.get("RGPD_BENCH_BARE"):
        with open(path, encoding="utf-8") as file:
            alone = json.load(file)
    tell(
        f"offer to {count} mixed people, {len(got)} mails, exactly those allowed",
        took,
        alone,
    )
    for status, code, number in traces:
        print(f"  {number:6} {status} {code}")
    took, got, _mailing = send(env, allowed, **offer)
    assert len(got) == len(expected)
    tell(f"offer to those {len(got)} only", took, alone)
    took, got, _mailing = send(env, allowed, rgpd_kind="service")
    assert len(got) == len(expected)
    tell(f"the same {len(got)} mails about an order, the gate not asked", took, alone)


if "env" in globals():
    # What Odoo says of its own code would hide the figures
    warnings.simplefilter("ignore", DeprecationWarning)
    is_alone = "rgpd.contact.gate" not in globals()["env"]
    (run_alone if is_alone else run)(
        globals()["env"], int(os.environ.get("RGPD_BENCH_RECIPIENTS", "10000"))
    )
    globals()["env"].cr.commit()
