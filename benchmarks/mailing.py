"""Send one mailing to a mixed list, and check that exactly those allowed get it.

The list holds people who consented, customers, people who objected or withdrew, and
people who never said anything. The mail server is replaced by a counter. In the same
run the same mails go to the same people as a message about an order, which asks the
gate nothing: the ratio is the price of the gate, of the signature and of the links.

It fills the database it runs on and leaves it so; give it a copy:

    ./dev bench mailing

Size: RGPD_BENCH_RECIPIENTS (10000).
"""

import os
import time
import warnings

MAIL = "prospect_email_b2c"


def fill(env, count):
    """Return ``(people, those who may get offers)``."""
    env.company.write(
        {
            "rgpd_softoptin_similar": True,
            "rgpd_messages_unsubscribe": True,
            "rgpd_softoptin_since": "2020-01-01",
        }
    )
    people = env["res.partner"].create(
        [{"name": f"M{n} Banc", "email": f"m{n}@client.example"} for n in range(count)]
    )
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
    """Send a mailing; return the seconds and the addresses that got it."""
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
        start = time.perf_counter()
        mailing._action_send_mail()
        waiting = [("mailing_id", "=", mailing.id), ("state", "=", "outgoing")]
        while mails := env["mail.mail"].search(waiting, limit=500):
            mails.send()
            env.invalidate_all()
        return time.perf_counter() - start, got, mailing
    finally:
        for name, method in kept.items():
            setattr(server, name, method)


def run(env, count):
    """Measure and print."""
    # What Odoo says of its own code would hide the figures
    warnings.simplefilter("ignore", DeprecationWarning)
    people, allowed = fill(env, count)
    codes = [MAIL, "softoptin"]
    verdicts = env["rgpd.contact.gate"]._check_any(people, codes, "email")
    by_gate = {person.email for person in people if verdicts[person.id]["allowed"]}
    purposes = env["rgpd.purpose"].search([("code", "in", codes)])
    seconds, got, mailing = send(env, people, rgpd_purpose_ids=[(6, 0, purposes.ids)])
    expected = set(allowed.mapped("email"))
    received = {address.split("<")[-1].strip(">") for address in got}
    traces = env["mailing.trace"]._read_group(
        [("mass_mailing_id", "=", mailing.id)],
        ["trace_status", "rgpd_code"],
        ["__count"],
    )
    print(
        f"marketing {count} people: {len(got)} mails in {seconds:.0f} s,"
        f" exactly those allowed: {received == by_gate and len(got) == len(by_gate)}"
    )
    assert received == by_gate == expected and len(got) == len(expected)
    for status, code, number in traces:
        print(f"  {number:6} {status} {code}")
    # The same mails to the same people, as a message about an order: nothing is asked
    plain, sent, _mailing = send(env, allowed, rgpd_kind="service")
    assert len(sent) == len(got)
    print(
        f"the same {len(sent)} mails without the gate: {plain:.0f} s, ratio"
        f" {seconds / plain:.2f}; with it {count - len(sent)} more were asked about"
        f" ({plain / len(sent) * 1e3:.0f} ms a mail without,"
        f" {seconds / len(got) * 1e3:.0f} ms with)"
    )


if "env" in globals():
    run(globals()["env"], int(os.environ.get("RGPD_BENCH_RECIPIENTS", "10000")))
    globals()["env"].cr.commit()
