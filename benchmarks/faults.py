"""Kill Odoo and PostgreSQL in the middle of an erasure, again and again.

Persons whom nothing keeps are erased by the jobs of the night. At random moments the
worker, or the process of PostgreSQL that serves it, is killed (``kill -9``: the whole
server then recovers from its log). After each: nobody is erased by half, nothing of
anybody else has changed, the ledger names nobody who was not erased, and the journal
and the counters agree. At the end everybody is gone, each with one closed certificate.

It needs a server of its own, with the settings of a company, which it gets from:

    ./dev bench faults

RGPD_BENCH_PERSONS (5000), RGPD_BENCH_KILLS (50), RGPD_BENCH_SEED (printed).
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.tools import config

from odoo.addons.rgpd_fichier_client.core.retention import ledger
from odoo.addons.rgpd_fichier_client.models.retention import rgpd_retention_night

# ./dev gives a script with this line a server of its own
OWN_SERVER = True
NAME = "Panne"
STAYING = 200
# Small enough that kills fall between commits too
PERSONS_PER_BATCH = 1000
JOBS = {
    "retention": ("rgpd.reason", "_cron_retention"),
    "ledger": ("rgpd.erasure.outbox", "_cron_flush"),
    "sweep": ("rgpd.erasure", "_cron_sweep"),
}
# What of a person is still there, and what says that they are gone
SIGNS = """
    SELECT p.id, s.uid,
           ARRAY[p.name LIKE %(name)s,
                 COALESCE(p.email, '') LIKE '%%courriel.example',
                 p.phone IS NOT NULL,
                 EXISTS (SELECT 1 FROM mail_message m
                          WHERE m.model = 'res.partner' AND m.res_id = p.id
                            AND m.body LIKE '%%courriel.example%%'),
                 EXISTS (SELECT 1 FROM ir_attachment a
                          WHERE a.res_model = 'res.partner' AND a.res_id = p.id),
                 s.erased_on IS NULL,
                 (SELECT count(*) FROM rgpd_erasure e WHERE e.subject_uid = s.uid) = 0,
                 (SELECT count(*) FROM rgpd_journal j WHERE j.subject_uid = s.uid
                                   AND j.kind = 'erasure.masked') = 0] AS there,
           (SELECT count(*) FROM rgpd_erasure e WHERE e.subject_uid = s.uid) AS proofs,
           (SELECT count(*) FROM rgpd_journal j WHERE j.subject_uid = s.uid
                             AND j.kind = 'erasure.masked') AS entries
      FROM res_partner p JOIN rgpd_subject s
           ON s.res_model = 'res.partner' AND s.res_id = p.id
     WHERE p.id = ANY(%(ids)s)
"""
UNTOUCHED = """
    SELECT md5(string_agg(t, ' ' ORDER BY t)) FROM (
        SELECT to_jsonb(p)::text FROM res_partner p WHERE id = ANY(%(ids)s)
        UNION ALL SELECT to_jsonb(m)::text FROM mail_message m
         WHERE model = 'res.partner' AND res_id = ANY(%(ids)s)
        UNION ALL SELECT to_jsonb(a)::text FROM ir_attachment a
         WHERE res_model = 'res.partner' AND res_id = ANY(%(ids)s)) AS rows (t)
"""


class Faults:
    """A run of erasures that is killed again and again.

    :param env: environment of the database that is filled, then worn
    :param int persons: how many are to be erased
    :param int kills: how often something is killed
    :param int seed: of the random moments
    """

    def __init__(self, env, persons, kills, seed):
        rgpd_retention_night.PERSONS_PER_BATCH = PERSONS_PER_BATCH
        self.registry, self.store = env.registry, Path(config.filestore(env.cr.dbname))
        self.kills, self.random = kills, random.Random(seed)
        self.due = self.create_people(env, persons, years=5)
        self.staying = self.create_people(env, STAYING, years=0)
        self.approve(env)
        self.files = self.get_files(env, self.due)
        self.untouched = self.get_untouched(env)
        env.cr.commit()
        env.cr.close()
        self.hits = Counter()
        self.problems = []
        # Seconds until a kill, at most: too late a kill makes the next one come sooner
        self.spans = {"retention": 5.0, "ledger": 0.5, "sweep": 5.0}

    # === THE PEOPLE === #

    def create_people(self, env, count, years):
        """Add prospects with a message and a file; nobody heard of them for years."""
        partners = env["res.partner"]
        # Nobody shares a number, or the certificates would differ
        number = 0 if years else 2 * 10**5
        for start in range(0, count, 1000):
            partners += partners.create(
                [
                    {
                        "name": f"{NAME} {years}-{rank}",
                        "email": f"{NAME}{years}x{rank}@courriel.example".lower(),
                        "phone": f"+336{39980100 + number + rank}",
                        "company_id": env.company.id,
                    }
                    for rank in range(start, min(start + 1000, count))
                ]
            )
        env["mail.message"].create(
            [
                {
                    "model": "res.partner",
                    "res_id": partner.id,
                    "message_type": "comment",
                    "body": f"Rappeler {partner.name}, {partner.email}",
                }
                for partner in partners
            ]
        )
        env["ir.attachment"].create(
            [
                {
                    "name": "note.txt",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                    "raw": f"Note de {partner.name}, {partner.email}".encode(),
                }
                for partner in partners
            ]
        )
        env.flush_all()
        for table, column in (
            ("res_partner", "id"),
            ("mail_message", "res_id"),
        ):
            env.cr.execute(
                f"UPDATE {table} SET create_date = create_date - %s * interval '1 year'"
                f" - interval '1 month' WHERE {column} = ANY(%s)",
                (years, partners.ids),
            )
        env.invalidate_all()
        return partners.ids

    def approve(self, env):
        """Have the DPO approve what a simulation shows."""
        env["rgpd.data.map"]._discover()
        groups = ("rgpd_fichier_client.group_rgpd_dpo", "base.group_user")
        dpo = env["res.users"].create(
            {
                "name": "DPO of the faults",
                "login": "faults_dpo",
                "group_ids": [fields.Command.link(env.ref(g).id) for g in groups],
            }
        )
        env["rgpd.reason"]._refresh()
        simulation = env["rgpd.simulation"].with_user(dpo).create({})
        simulation.action_compute()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        if simulation.erase_count < len(self.due):
            raise SystemExit(f"only {simulation.erase_count} persons are due")

    def get_files(self, env, ids):
        env.cr.execute(
            "SELECT res_id, store_fname FROM ir_attachment"
            " WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
            (ids,),
        )
        return {res_id: self.store / name for res_id, name in env.cr.fetchall()}

    def get_untouched(self, env):
        env.flush_all()
        env.cr.execute(UNTOUCHED, {"ids": self.staying})
        return env.cr.fetchone()[0]

    # === KILLING === #

    def run(self):
        """Kill until the number is reached, let the jobs end, then check all."""
        started = time.monotonic()
        count = 0
        while sum(self.hits.values()) < self.kills:
            job = self.random.choices(list(JOBS), (14, 3, 3))[0]
            victim = self.random.choice(("Odoo", "PostgreSQL"))
            if not self.kill_during(job, victim):
                self.spans[job] = max(self.spans[job] / 2, 0.01)
                continue
            self.hits[job, victim] += 1
            gone = self.check()
            self.set_span(job, gone - count)
            count = gone
            print(
                f"{sum(self.hits.values()):3} {victim:10} killed in {job:9}: {count} of"
                f" {len(self.due)} gone, {len(self.problems)} problems",
                flush=True,
            )
        for job in JOBS:
            self.work_to_the_end(job)
        self.check_end()
        return time.monotonic() - started

    def set_span(self, job, gone):
        """Spread the kills over the work that is left."""
        if job != "retention":
            self.spans[job] *= 1.2
            return
        left = max(self.kills - sum(self.hits.values()), 1)
        wanted = (len(self.due) - self.check_count()) / left / 0.7
        factor = min(max(wanted / gone, 0.5), 1.5) if gone else 1.5
        self.spans[job] = min(self.spans[job] * factor, 120)

    def check_count(self):
        with self.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM rgpd_subject WHERE erased_on IS NOT NULL"
                " AND res_model = 'res.partner' AND res_id = ANY(%s)",
                (self.due,),
            )
            return cr.fetchone()[0]

    def kill_during(self, job, victim):
        """Start a job in a process of its own and kill; False when it had ended."""
        child, backend = self.start(job)
        time.sleep(self.random.uniform(0, self.spans[job]))
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        if victim == "Odoo":
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            self.wait_until_gone(backend)
            return True
        with closing(self.connect()) as other:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
            _pid, status = os.waitpid(child, 0)
            # The last commit may have been answered just before
            has_failed = os.waitstatus_to_exitcode(status) != 0
            self.wait_until_dropped(other, 30 if has_failed else 1)
        self.wait_for_server()
        return has_failed

    def start(self, job):
        """Return the process of a worker and that of the server for it."""
        reader, writer = os.pipe()
        sql_db.close_all()
        child = os.fork()
        if not child:
            self.work(job, writer)
        os.close(writer)
        backend = os.read(reader, 20)
        os.close(reader)
        return child, int(backend)

    def work(self, job, writer):
        """The worker; never returns."""
        status = 1
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env.invalidate_all()
                os.write(writer, str(cr._cnx.get_backend_pid()).encode())
                model, method = JOBS[job]
                getattr(env[model], method)()
            status = 0
        except psycopg2.Error:
            status = 2
        finally:
            os._exit(status)

    def work_to_the_end(self, job):
        child, _backend = self.start(job)
        _pid, status = os.waitpid(child, 0)
        if status:
            self.problems.append(f"{job} does not end: {status}")

    def wait_until_gone(self, backend):
        """Wait until the server has undone what the worker left."""
        for _n in range(600):
            try:
                os.kill(backend, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        raise SystemExit("a process of the server does not end")

    def connect(self):
        """Return a connection that is not shared."""
        _name, options = sql_db.connection_info_for(self.registry.db_name)
        return psycopg2.connect(**options)

    def wait_until_dropped(self, connection, seconds):
        """Wait until the server has noticed the kill: it then drops everybody.

        Before that it still answers, and would drop who trusts it.
        """
        for _n in range(seconds * 20):
            try:
                connection.cursor().execute("SELECT 1")
            except psycopg2.Error:
                return
            time.sleep(0.05)

    def wait_for_server(self):
        for _n in range(600):
            sql_db.close_all()
            with suppress(psycopg2.Error), self.cursor() as cr:
                cr.execute("SELECT 1")
                return
            time.sleep(0.1)
        raise SystemExit("the server does not come back")

    @contextmanager
    def cursor(self):
        with sql_db.db_connect(self.registry.db_name).cursor() as cr:
            yield cr

    # === CHECKING === #

    def check(self):
        """Note what is wrong now; return how many are gone."""
        with self.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute(SIGNS, {"ids": self.due, "name": f"{NAME} %"})
            gone = set()
            for res_id, _uid, there, proofs, entries in cr.fetchall():
                if not any(there):
                    gone.add(res_id)
                self.expect(len(set(there)) == 1, f"{res_id} is half erased: {there}")
                self.expect(proofs == entries <= 1, f"{res_id}: {proofs} proofs")
                is_lost = any(there) and not self.files[res_id].exists()
                self.expect(not is_lost, f"the file of {res_id} is lost")
            self.check_ledger(env, gone)
            cr.execute("SELECT COALESCE(sum(erased_count), 0) FROM rgpd_retention_run")
            counted = cr.fetchone()[0]
            self.expect(counted == len(gone), f"{counted} counted, {len(gone)} gone")
            self.expect(
                self.get_untouched(env) == self.untouched, "others have changed"
            )
        return len(gone)

    def check_ledger(self, env, gone):
        """Who is gone waits for the ledger or is in it, and nobody else."""
        outbox = env["rgpd.erasure.outbox"]
        named = {row["digest"] for row in ledger.read(outbox._get_path())}
        named |= set(outbox.search([]).mapped("digest"))
        digests = outbox._get_digests([("res.partner", res_id) for res_id in self.due])
        of_gone = {
            digest
            for res_id, digest in zip(self.due, digests, strict=True)
            if res_id in gone
        }
        found = named & set(digests)
        self.expect(of_gone <= found, f"{len(of_gone - found)} missing in the ledger")
        self.expect(found <= of_gone, f"{len(found - of_gone)} too many in the ledger")

    def check_end(self):
        """Everybody is gone, from the disk too, and each certificate says so."""
        gone = self.check()
        self.expect(gone == len(self.due), f"only {gone} are gone")
        left = [path for path in self.files.values() if path.exists()]
        self.expect(not left, f"{len(left)} files are left")
        with self.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            subjects = env["rgpd.subject"]._of(env["res.partner"].browse(self.due))
            erasures = env["rgpd.erasure"].search(
                [("subject_uid", "in", subjects.mapped("uid"))]
            )
            states = Counter(erasures.mapped("state"))
            self.expect(states == {"closed": len(self.due)}, f"certificates: {states}")
            self.expect(
                not any(erasures.mapped("has_identifiers")), "identifiers are left"
            )
            # All had the same, so all certificates must tell the same
            told = Counter(
                tuple(
                    sorted(
                        (line.kind, line.model, line.category or "", line.count)
                        for line in erasure.line_ids
                    )
                )
                for erasure in erasures
            )
            self.expect(len(told) == 1, f"certificates differ: {told}")
            self.expect(not env["rgpd.erasure.outbox"].search([]), "the outbox waits")
            self.expect(not env["rgpd.erasure.outbox"]._get_missing(), "to be replayed")
            self.expect(not env["rgpd.sweep.run"].search([]), "a sweep is open")
            env["rgpd.journal"]._cron_seal()
            self.expect(not env["rgpd.journal"]._verify(), "the journal is broken")

    def expect(self, is_right, problem):
        if not is_right:
            self.problems.append(problem)


def main(env):
    """Run with the numbers of the environment, print, and end the process."""
    persons = int(os.environ.get("RGPD_BENCH_PERSONS", "5000"))
    kills = int(os.environ.get("RGPD_BENCH_KILLS", "50"))
    seed = int(os.environ.get("RGPD_BENCH_SEED") or random.randrange(10**6))
    print(f"{persons} persons, {kills} kills, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RGPD_LEDGER_DIR"] = folder
        faults = Faults(env, persons, kills, seed)
        seconds = faults.run()
    for (job, victim), count in sorted(faults.hits.items()):
        print(f"{victim} killed {count} times in {job}")
    for problem in faults.problems[:20]:
        print(problem)
    print(f"{len(faults.problems)} problems; {seconds:.0f} s", flush=True)
    # The transaction of the shell has gone with its server
    sys.stdout.flush()
    os._exit(bool(faults.problems))


if "env" in globals():
    main(globals()["env"])
