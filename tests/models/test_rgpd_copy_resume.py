"""A large copy is killed anywhere, for real: nothing is lost, nothing doubled."""

import io
import json
import re
import zipfile
from contextlib import suppress
from unittest.mock import patch

from odoo.fields import Command

from odoo.addons.rgpd_fichier_client.models.request import (
    rgpd_request_copy,
    rgpd_request_copy_work,
)
from odoo.addons.rgpd_fichier_client.models.request.copy_review import StoredReview

from ..core.test_request_sealed_zip import unseal
from .real_common import RealCase

COUNT = 23
# The last of what the head of the page tells
MADE_ON = re.compile(r"<dd>[^<]*</dd></dl>\n<nav>")


class Killed(BaseException):
    """What the server does to a worker whose time is over."""


def _split_by_three(ids):
    return (ids[start : start + 3] for start in range(0, len(ids), 3))


class TestResume(RealCase):
    """Each part is committed; whoever comes after a killed worker goes on from it."""

    def setUp(self):
        super().setUp()
        self.exporter = type(self.env["rgpd.person.exporter"])
        self.copies = type(self.env["rgpd.request.copy"])
        self.patch(rgpd_request_copy, "BIG", 3)
        self.patch(rgpd_request_copy_work, "PART_SECONDS", 0)
        self.patch(self.exporter, "_split", staticmethod(_split_by_three))
        self.patch(self.exporter, "_get_document_reports", lambda _self: {})
        with self.real() as env:
            self.copy_id = self.fill(env).id

    def fill(self, env):
        """Return the copy, to be read, of a person in whose file others appear."""
        env = env(context={"tracking_disable": True})
        person = env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        other = env["res.partner"].create({"name": "Paul Tiersdupont"})
        for number in range(COUNT):
            person.message_post(body=f"Call number {number}", message_type="comment")
        env["ir.attachment"].create(
            [
                {
                    "name": f"{number}.txt",
                    "raw": f"Letter {number // 2}".encode(),
                    "res_model": "res.partner",
                    "res_id": person.id,
                }
                for number in range(6)
            ]
        )
        env["sale.order"].create(
            {"partner_id": person.id, "partner_shipping_id": other.id}
        )
        request = env["rgpd.request"].create(
            {
                "partner_id": person.id,
                "item_ids": [
                    Command.create({"right": "access", "decision": "granted"})
                ],
            }
        )
        request.action_start()
        return request._prepare_copy("access", person)

    def work(self, after=None, method="_keep_part"):
        """Let a worker begin, and kill it at its nth call of a method."""
        calls = []
        original = getattr(self.copies, method)

        def count(copies, *args, **kwargs):
            calls.append(args)
            if len(calls) == after:
                raise Killed()
            return original(copies, *args, **kwargs)

        with (
            patch.object(self.copies, method, count),
            suppress(Killed),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr, user=1)["rgpd.request.copy"]._cron_prepare()
            self.assertIsNone(after, "it was not killed")

    def look(self):
        """Return how far the copy is, as another transaction sees it."""
        with self.real() as env:
            copy = env["rgpd.request.copy"].browse(self.copy_id)
            return copy.state, copy.record_done, len(copy.part_ids)

    def read(self, stream):
        """Return what is in an archive, without the moment it was made."""
        archive = zipfile.ZipFile(stream)
        entries = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(entries.pop("manifest.json"))
        data = json.loads(entries.pop("data.json"))
        self.assertTrue(data.pop("generated") and manifest.pop("generated"))
        page = entries["index.html"].decode()
        entries["index.html"], found = MADE_ON.subn("", page)
        self.assertEqual(found, 1)
        printed = entries.pop("index.pdf", b"%PDF")
        self.assertTrue(printed.startswith(b"%PDF"))
        manifest["entries"] = [
            entry["path"]
            for entry in manifest["entries"]
            if entry["path"][-3:] != "pdf"
        ]
        return entries, data, manifest

    def read_copy(self, env):
        copy = env["rgpd.request.copy"].browse(self.copy_id)
        self.assertEqual(copy.state, "ready")
        raw = b"".join(copy.file_ids.sorted("name").mapped("raw"))
        return self.read(io.BytesIO(unseal(raw, copy._get_password())))

    def read_in_one_go(self, env):
        copy = env["rgpd.request.copy"].browse(self.copy_id)
        stream = io.BytesIO()
        exporter = env["rgpd.person.exporter"].with_context(
            allowed_company_ids=copy.company_id.ids
        )
        exporter._export(copy._get_persons(), stream, review=StoredReview(copy))
        return self.read(stream)

    def test_killed_again_and_again_it_is_the_copy_made_in_one_go(self):
        self.work(after=3, method="_note_step")
        state, read, _parts = self.look()
        self.assertEqual(state, "scan")
        self.assertGreater(read, 0)
        reached = [0]
        for _time in range(3):
            self.work(after=4)
            state, done, parts = self.look()
            self.assertEqual(state, "build")
            self.assertGreater(done, reached[-1], "it went on where it stopped")
            reached.append(done)
        self.assertGreater(parts, 3)
        self.assertLess(done, COUNT)
        self.work(after=1, method="_keep")
        self.assertEqual(self.look()[0], "build")
        self.work()
        with self.real() as env:
            resumed = self.read_copy(env)
            whole = self.read_in_one_go(env)
            copy = env["rgpd.request.copy"].browse(self.copy_id)
            self.assertFalse(copy.part_ids)
            self.assertEqual(copy.record_done, copy.record_total)
        self.assertEqual(resumed[1], whole[1])
        self.assertEqual(resumed[0], whole[0])
        self.assertEqual(resumed[2], whole[2])
        text = json.dumps(resumed[1])
        for number in range(COUNT):
            self.assertEqual(text.count(f'Call number {number}"'), 1)
        files = [name for name in resumed[0] if name.startswith("files/")]
        self.assertEqual(len(files), 3, "each content once")
        self.assertNotIn("Tiersdupont", text)

    def test_parts_are_sealed_and_bound_to_their_place(self):
        self.work(after=6)
        with self.real() as env:
            copy = env["rgpd.request.copy"].browse(self.copy_id)
            raw = b"".join(copy.part_ids.mapped("raw"))
            for clear in (b"Jeanne", b"Call", b"streams", b"jeanne@client"):
                self.assertNotIn(clear, raw)
            first, second = copy.part_ids.sorted("name")[:2]
            first.raw, second.raw = second.raw, first.raw
        self.work()
        with self.real() as env:
            copy = env["rgpd.request.copy"].browse(self.copy_id)
            self.assertEqual(copy.state, "failed")
            self.assertIn("SealedDataError", copy.failure)

    def test_what_is_erased_meanwhile_is_not_in_it(self):
        self.work(after=3)
        with self.real() as env:
            messages = env["mail.message"].search(
                [("body", "ilike", f"Call number {COUNT - 1}<")]
            )
            self.assertTrue(messages)
            messages.unlink()
        self.work()
        with self.real() as env:
            entries, data, manifest = self.read_copy(env)
        text = json.dumps(data)
        self.assertNotIn(f"Call number {COUNT - 1}", text)
        self.assertIn(f"Call number {COUNT - 2}", text)
        shown = next(m for m in data["models"] if m["model"] == "mail.message")
        self.assertEqual(len(shown["records"]), manifest["counts"]["mail.message"])

    def test_what_is_withheld_stays_out_of_a_copy_that_was_resumed(self):
        self.work()
        with self.real() as env:
            copy = env["rgpd.request.copy"].browse(self.copy_id)
            order = env["sale.order"].search(
                [("partner_id", "in", copy._get_persons().ids)]
            )
            order.client_order_ref = "Projet 4711"
            number = order.name
            copy._withhold([(order._name, order.id)], "secret")
            self.assertEqual(copy.state, "review")
            copy.action_make()
        for _time in range(2):
            self.work(after=4)
            self.assertEqual(self.look()[0], "build")
        self.work()
        with self.real() as env:
            resumed = self.read_copy(env)
            whole = self.read_in_one_go(env)
        self.assertEqual(resumed, whole)
        self.assertEqual(resumed[2]["withheld"], {"secret": 1})
        for trace in (number, "Projet 4711"):
            self.assertNotIn(trace, str(resumed))
