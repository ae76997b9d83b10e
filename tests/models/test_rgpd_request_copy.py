import io
import zipfile
from contextlib import suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.rgpd_fichier_client.models.request import rgpd_request_copy
from odoo.addons.rgpd_fichier_client.models.request.copy_parts import SealedParts
from odoo.addons.rgpd_fichier_client.models.request.copy_review import StoredReview

from ..core.test_request_sealed_zip import unseal
from .exporter_common import ExporterCase


class CopyCase(ExporterCase):
    """A request of Jeanne, in whose file others appear, handled by an officer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="copy_review_officer")
        cls.family = cls.env["res.partner"].create(
            {"name": "Marc Exemple", "parent_id": cls.person.id}
        )
        cls.request = (
            cls.env["rgpd.request"]
            .with_user(cls.officer)
            .create(
                {
                    "partner_id": cls.person.id,
                    "item_ids": [
                        Command.create({"right": "access", "decision": "granted"})
                    ],
                }
            )
        )
        cls.request.action_start()

    def setUp(self):
        super().setUp()
        exporter = type(self.env["rgpd.person.exporter"])
        self.patch(exporter, "_get_document_reports", lambda _self: {})

    def say(self, body, author=None, **values):
        """Put a message into the file of the person."""
        return self.person.message_post(
            body=body,
            message_type="comment",
            author_id=(author or self.env.user.partner_id).id,
            **values,
        )

    def prepare(self):
        """Read the copy as the officer does."""
        return self.request._prepare_copy("access", self.person.with_user(self.officer))

    def lines(self, copy, record, field=None):
        return copy.line_ids.filtered(
            lambda x: (
                (x.model, x.res_id) == (record._name, record.id)
                and (field is None or (x.field or "") == field)
            )
        )

    def make(self, copy):
        """Return the archive as it would leave, and its data."""
        stream = io.BytesIO()
        self.env["rgpd.person.exporter"]._export(
            self.person, stream, review=StoredReview(copy.sudo())
        )
        return zipfile.ZipFile(stream)


class TestReview(CopyCase):
    """What the rules hide is listed; what they cannot tell waits for a human."""

    def test_what_is_masked_is_listed_with_why_before_and_after(self):
        message = self.say("Paul Tiersdupont called from 06 39 98 00 22.")
        self.person.child_ids += self.other
        copy = self.prepare()
        lines = self.lines(copy, message, "body")
        self.assertEqual(set(lines.mapped("kind")), {"person", "phone"})
        line = lines.filtered(lambda x: x.kind == "phone")
        self.assertIn("06 39 98 00 22", line.before)
        self.assertIn("[phone of another person]", line.after)
        self.assertIn("Message", line.place)
        self.assertFalse(line.doubt or line.decision)

    def test_names_of_colleagues_are_listed_and_never_doubtful(self):
        staff = self.new_user("reader", login="seller", name="Odile Salariée")
        self.order.user_id = staff
        message = self.say("Odile Salariée called.", author=staff.partner_id)
        copy = self.prepare()
        line = self.lines(copy, message, "body")
        self.assertEqual(line.kind, "staff")
        self.assertFalse(line.doubt)
        self.assertFalse(self.lines(copy, self.order), "a link leaves no doubt")

    def test_nothing_doubtful_does_not_stop_anybody(self):
        self.say("Jeanne is happy.")
        copy = self.prepare()
        self.assertTrue(copy.can_leave, copy.line_ids.filtered("doubt").mapped("key"))
        action = self.request.action_download()
        self.assertEqual(action["tag"], "rgpd_bundle_download")

    def test_what_is_doubtful_keeps_every_way_closed(self):
        self.say("Marc Exemple came.")
        copy = self.prepare()
        self.assertEqual(copy.todo_count, 1)
        self.assertFalse(copy.can_leave)
        action = self.request.action_download()
        self.assertEqual(action["res_model"], "rgpd.request.copy")
        with self.assertRaisesRegex(UserError, "wait for a decision"):
            self.env["rgpd.request.delivery"]._grant(copy)
        letter = self.env["rgpd.request.letter"].with_user(self.officer)
        letter = letter._prepare(self.request, "access", channel="email")
        action = letter.action_send()
        self.assertEqual(action["res_model"], "rgpd.request.copy")
        self.assertEqual(letter.state, "draft")
        self.assertFalse(self.request.delivery_ids)
        copy.line_ids.filtered("doubt").action_mask()
        letter.action_send()
        self.assertEqual(letter.state, "sent")

    def test_kept_masked_shown_withheld(self):
        kept = self.say("First Marc Exemple came.")
        shown = self.say("Then Marc Exemple went.")
        gone = self.say("Last Marc Exemple told our purchase prices.")
        copy = self.prepare()
        self.lines(copy, kept).action_mask()
        self.lines(copy, shown)._decide("show", reason="He agrees.")
        self.lines(copy, gone)._decide("withhold", ground="secret")
        self.assertTrue(copy.can_leave)
        archive = self.make(copy)
        for name in ("data.json", "csv/mail.message.csv", "index.html"):
            text = archive.read(name).decode()
            self.assertIn("First [another person] came.", text, name)
            self.assertIn("Then Marc Exemple went.", text, name)
            self.assertNotIn("purchase prices", text, name)
            self.assertIn("[withheld: business secret", text, name)
        self.assertIn("One record is withheld", archive.read("data.json").decode())

    def test_the_letter_tells_that_something_is_withheld_and_why(self):
        message = self.say("Marc Exemple told our purchase prices.")
        copy = self.prepare()
        letter = self.env["rgpd.request.letter"].with_user(self.officer)
        letter = letter._prepare(self.request, "access", channel="email")
        self.assertNotIn("left out of the copy", letter.content_html)
        self.lines(copy, message)._decide("withhold", ground="secret")
        letter.invalidate_recordset()
        self.assertIn("hold a business secret", letter.content_html)
        self.assertNotIn("would tell about other people", letter.content_html)
        letter.action_send()
        self.assertIn("hold a business secret", letter.sent_body)

    def test_a_decision_carries_its_author_and_reason(self):
        message = self.say("Marc Exemple came.")
        line = self.lines(self.prepare(), message, "body")
        with self.assertRaisesRegex(UserError, "Say why"):
            line._decide("show", reason="  ")
        with self.assertRaisesRegex(UserError, "ground"):
            line._decide("withhold")
        line._decide("show", reason="He agrees.")
        self.assertEqual(line.decided_by_id, self.officer)
        self.assertTrue(line.decided_on)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.copy_reviewed")], order="id desc", limit=1
        )
        self.assertEqual(entry.payload["decision"], "show")
        self.assertEqual(entry.payload["passages"], 1)
        self.assertNotIn("Marc", str(entry.payload))
        self.assertNotIn("agrees", str(entry.payload))

    def test_many_are_decided_at_once_by_the_wizard(self):
        for number in range(30):
            self.say(f"{number}: Marc Exemple came.")
        copy = self.prepare()
        todo = copy.line_ids.filtered("doubt")
        self.assertEqual(copy.todo_count, 30)
        action = todo.with_user(self.officer).action_show()
        wizard = self.env["rgpd.request.copy.decide"].with_user(self.officer)
        wizard = wizard.browse(action["res_id"])
        wizard.reason = "The person is Marc's mother."
        wizard.action_decide()
        self.assertFalse(copy.todo_count)
        entries = self.env["rgpd.journal"].search(
            [("kind", "=", "request.copy_reviewed")]
        )
        self.assertEqual(sum(e.payload["passages"] for e in entries), 30)

    def test_what_somebody_else_wrote_waits(self):
        message = self.say("Jeanne parks in front of my door.", author=self.other)
        copy = self.prepare()
        line = self.lines(copy, message, "")
        self.assertEqual((line.kind, line.doubt), ("author", "author"))
        line._decide("withhold", ground="others")
        self.assertNotIn("my door", self.everything(self.make(copy)))

    def test_a_file_that_names_somebody_waits_and_stays_out_as_a_whole(self):
        self.person.child_ids += self.other
        file = self.file.copy(
            {"name": "to Paul.txt", "raw": b"Dear Paul Tiersdupont, about Jeanne"}
        )
        copy = self.prepare()
        line = self.lines(copy, file)
        self.assertEqual((line.kind, line.doubt), ("file", "content"))
        self.assertIn("Paul Tiersdupont", line.before)
        clean = self.lines(copy, self.file)
        self.assertFalse(clean.doubt, "it names nobody else")
        line._decide("withhold", ground="others")
        text = self.everything(self.make(copy))
        self.assertNotIn("to Paul.txt", text)
        self.assertNotIn("Dear Paul", text)
        self.assertIn("I would like a bench.", text)
        line._decide("show", reason="She wrote it.")
        self.assertIn("Dear Paul", self.everything(self.make(copy)))

    def test_notes_of_the_staff_may_be_withheld(self):
        note = self.say("Our margin is 40 %.", subtype_xmlid="mail.mt_note")
        copy = self.prepare()
        line = self.lines(copy, note, "")
        self.assertEqual(line.kind, "note")
        self.assertFalse(line.doubt)
        self.assertIn("Our margin", self.everything(self.make(copy)))
        line._decide("withhold", ground="secret")
        self.assertNotIn("Our margin", self.everything(self.make(copy)))

    def test_decisions_stay_when_it_is_read_again_and_new_passages_wait(self):
        self.say("Marc Exemple came.")
        copy = self.prepare()
        copy.line_ids.filtered("doubt").action_mask()
        gone = self.say("Marc Exemple left.")
        again = self.prepare()
        self.assertEqual(again, copy)
        self.assertEqual(copy.todo_count, 1)
        gone.unlink()
        self.prepare()
        self.assertFalse(copy.todo_count)
        self.assertFalse(copy.line_ids.filtered(lambda x: x.res_id == gone.id))

    def test_what_came_after_the_check_stays_out_when_it_is_doubtful(self):
        copy = self.prepare()
        self.say("Jeanne parks in front of my door.", author=self.other)
        text = self.everything(self.make(copy))
        self.assertNotIn("my door", text)
        self.assertIn("[not checked yet; ask us for it]", text)
        self.assertIn("came in after the copy was checked", text)

    def test_without_any_check_nothing_doubtful_leaves(self):
        self.say("Jeanne parks in front of my door.", author=self.other)
        nothing = self.env["rgpd.request.copy"]
        self.assertNotIn("my door", self.everything(self.make(nothing)))

    def test_the_lines_go_with_the_person_and_with_the_request(self):
        self.say("Marc Exemple came.")
        copy = self.prepare()
        lines = copy.line_ids
        self.request.sudo()._minimise()
        self.assertFalse(copy.exists() or lines.exists())
        request = self.request.create(
            {
                "partner_id": self.person.id,
                "item_ids": [Command.create({"right": "erasure"})],
            }
        )
        copy = request._prepare_copy("access", self.person)
        self.env["rgpd.data.map"]._discover()
        self.env["rgpd.eraser"]._erase(self.person, "request")
        self.assertFalse(copy.exists())

    def test_officers_decide_by_the_buttons_alone(self):
        message = self.say("Marc Exemple came.")
        line = self.lines(self.prepare(), message).with_user(self.officer)
        for values in ({"decision": "show"}, {"before": "x"}):
            with self.assertRaises(AccessError):
                line.write(values)
        for role in ("reader", "auditor", "archive"):
            user = self.new_user(role, login=f"copy_review_{role}")
            with self.assertRaises(AccessError):
                line.with_user(user).action_mask()
            with self.assertRaises(AccessError):
                line.with_user(user).read(["before"])

    def test_another_company_is_out_of_sight(self):
        copy = self.prepare()
        other = self.env["res.company"].create({"name": "Autre Maison"})
        stranger = self.new_user(
            "dpo",
            login="copy_stranger",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("rgpd.request.copy", "rgpd.request.copy.line"):
            found = self.env[model].with_user(stranger).search([])
            self.assertFalse(found)
        with self.assertRaises(AccessError):
            copy.with_user(stranger).action_scan()


class TestBackground(CopyCase):
    """A big copy is read and made in the background, and can be stopped anywhere."""

    def setUp(self):
        super().setUp()
        self.patch(rgpd_request_copy, "BIG", 3)
        for number in range(5):
            self.say(f"Call number {number}")

    def run_cron(self):
        cron = self.env.ref("rgpd_fichier_client.rgpd_request_copy_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def activities(self):
        return self.request.sudo().activity_ids.filtered(
            lambda activity: activity.user_id == self.officer
        )

    def test_it_is_read_made_and_told_to_the_officer(self):
        copy = self.prepare()
        self.assertEqual((copy.state, copy.record_done), ("scan", 0))
        self.assertTrue(copy.is_big)
        self.assertFalse(copy.line_ids)
        self.assertEqual(self.request.copy_state, "scan")
        self.run_cron()
        self.assertEqual(copy.state, "ready")
        self.assertEqual(copy.record_done, copy.record_total)
        self.assertIn("ready", self.activities().summary)
        action = self.request.action_download()
        delivery = self.request.delivery_ids
        stream, _size = delivery._produce_sealed("-".join(["aaaaa"] * 5))
        archive = unseal(stream.read(), action["params"]["password"])
        content = zipfile.ZipFile(io.BytesIO(archive)).read("data.json").decode()
        self.assertIn("Call number 4", content)
        self.assertEqual(delivery.sha256, copy.manifest["sha256"])

    def test_the_file_is_sealed_where_it_is_kept(self):
        copy = self.prepare()
        self.run_cron()
        raw = b"".join(copy.sudo().file_ids.mapped("raw"))
        self.assertTrue(raw.startswith(b"PK"))
        self.assertNotIn(b"index.html", raw)
        self.assertNotIn("Jeanne", str(copy.sudo().file_ids.mapped("name")))

    def test_doubtful_passages_wait_before_it_is_made(self):
        self.say("Marc Exemple came.")
        copy = self.prepare()
        self.run_cron()
        self.assertEqual((copy.state, copy.todo_count), ("review", 1))
        self.assertIn("wait for your decision", self.activities().summary)
        with self.assertRaisesRegex(UserError, "wait for a decision"):
            copy.with_user(self.officer).action_make()
        copy.line_ids.filtered("doubt").with_user(self.officer).action_mask()
        copy.with_user(self.officer).action_make()
        self.run_cron()
        self.assertEqual(copy.state, "ready")

    def test_a_decision_taken_later_takes_the_file_away(self):
        self.say("Paul Tiersdupont came; p@t.example")
        copy = self.prepare()
        self.run_cron()
        files = copy.sudo().file_ids
        copy.line_ids[:1].with_user(self.officer).action_mask()
        self.assertEqual(copy.state, "review")
        self.assertFalse(files.exists())
        self.assertFalse(copy.can_leave)

    def test_reading_goes_on_where_the_time_of_the_cron_was_over(self):
        copy = self.prepare().sudo()
        self.patch(
            type(self.env["rgpd.person.exporter"]),
            "_split",
            staticmethod(_split_by_two),
        )
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=0):
            copy._scan_on()
        self.assertEqual(copy.state, "scan")
        done = copy.record_done
        with patch.object(cron, "_commit_progress", return_value=0):
            copy._scan_on()
            copy._scan_on()
        self.assertGreater(copy.record_done, done)
        self.run_cron()
        self.assertEqual(copy.state, "ready")

    def test_stopped_while_the_file_is_made_there_is_no_half_of_it(self):
        copy = self.prepare()

        class Killed(BaseException):
            """What a signal does to a worker."""

        def die(_self, *_args, **_kwargs):
            raise Killed()

        exporter = type(self.env["rgpd.person.exporter"])
        with (
            self.enter_registry_test_mode(),
            patch.object(exporter, "_write_tails", die),
        ):
            # assertRaises would roll back what was committed meanwhile
            with suppress(Killed), self.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})[copy._name]._cron_prepare()
                self.fail("it was not stopped")
        self.env.invalidate_all()
        self.assertEqual((copy.state, copy.attempts), ("build", 1))
        self.assertFalse(copy.sudo().file_ids)
        self.run_cron()
        self.assertEqual(copy.state, "ready")
        files = self.env["ir.attachment"].search([("res_model", "=", copy._name)])
        self.assertEqual(files, copy.sudo().file_ids, "the parts are gone")

    def test_a_decision_taken_meanwhile_takes_the_parts_away(self):
        self.say("Paul Tiersdupont came; p@t.example")
        copy = self.prepare().sudo()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            copy._scan_on()
            copy._keep_part(SealedParts(copy), {"done": 1, "total": 9})
        parts = copy.part_ids
        self.assertTrue(parts)
        copy.line_ids[:1].with_user(self.officer).action_mask()
        self.assertFalse(parts.exists())
        self.assertEqual(copy.state, "review")

    def test_parts_of_what_failed_or_is_gone_are_removed_in_the_end(self):
        copy = self.prepare().sudo()
        SealedParts(copy).keep({"done": 0})
        copy.write({"state": "failed", "failed_state": "build"})
        copy._gc_files()
        self.assertTrue(copy.part_ids)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE rgpd_request_copy SET write_date = '2020-01-01' WHERE id = %s",
            (copy.id,),
        )
        copy.invalidate_recordset()
        copy._gc_files()
        self.assertFalse(copy.part_ids)
        SealedParts(copy).keep({"done": 0})
        left = copy.part_ids
        self.env.cr.execute("DELETE FROM rgpd_request_copy WHERE id = %s", (copy.id,))
        self.env.invalidate_all()
        self.env["rgpd.request.copy"]._gc_files()
        self.assertFalse(left.exists())

    def test_stopped_each_time_it_says_so(self):
        copy = self.prepare()
        copy.sudo().attempts = 3
        self.run_cron()
        self.assertEqual(copy.state, "failed")
        self.assertIn("limit_time_real_cron", copy.failure)
        self.assertIn("could not be prepared", self.activities().summary)
        copy.with_user(self.officer).action_retry()
        self.run_cron()
        self.assertEqual(copy.state, "ready")

    def test_an_unexpected_error_is_shown_without_its_text(self):
        copy = self.prepare()

        def fail(_self, *_args):
            raise ValueError("Jeanne Exemple is broken")

        exporter = type(self.env["rgpd.person.exporter"])
        logger = "odoo.addons.rgpd_fichier_client.models.request.rgpd_request_copy_work"
        with (
            patch.object(exporter, "_write_tails", fail),
            self.assertLogs(logger) as logs,
        ):
            self.run_cron()
        self.assertEqual(copy.state, "failed")
        self.assertIn("ValueError", copy.failure)
        self.assertNotIn("Jeanne", copy.failure + str(logs.output))
        copy.with_user(self.officer).action_retry()
        self.run_cron()
        self.assertEqual(copy.state, "ready")

    def test_old_files_go_unless_a_link_waits(self):
        copy = self.prepare()
        self.run_cron()
        copy.sudo().date_made = "2020-01-01"
        letter = self.env["rgpd.request.letter"].with_user(self.officer)
        letter._prepare(self.request, "access", channel="email").action_send()
        copy._gc_files()
        self.assertTrue(copy.sudo().file_ids)
        self.request.delivery_ids.sudo()._end()
        copy._gc_files()
        self.assertFalse(copy.sudo().file_ids)
        self.assertEqual(copy.state, "review")


def _split_by_two(ids):
    return (ids[start : start + 2] for start in range(0, len(ids), 2))
