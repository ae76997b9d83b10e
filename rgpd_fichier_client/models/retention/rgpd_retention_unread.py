from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

# Notes of lines of certificates that tell of files
UNREAD = ("unread", "partly")


class RgpdRetentionRun(models.Model):
    """Files that stay because nobody could read them: somebody has to look."""

    _inherit = "rgpd.retention.run"

    unread_count = fields.Integer(
        string="With files to look at",
        readonly=True,
        help="Certificates of this night that tell of files which cannot be read, or "
        "not as a whole: they may still name the person.",
    )

    def _count_unread(self):
        """Note how many certificates tell of such files; return it."""
        self.ensure_one()
        field = self._fields["erasure_ids"]
        self.unread_count = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT l.erasure_id) FROM rgpd_erasure_line l
                     JOIN %s n ON n.%s = l.erasure_id
                    WHERE n.%s = %s AND l.kind = 'kept' AND l.note IN %s""",
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                SQL.identifier(field.column1),
                self.id,
                UNREAD,
            )
        )[0][0]
        return self.unread_count

    def action_open_unread(self):
        """Show the documents of this night with such files: they hang on them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_document_action"
        )
        lines = self.env["rgpd.erasure.line"].search(
            [
                ("erasure_id", "in", self.erasure_ids.ids),
                ("kind", "=", "kept"),
                ("note", "in", UNREAD),
            ]
        )
        action["domain"] = [("erasure_id", "in", lines.erasure_id.ids)]
        action["context"] = {}
        return action


class RgpdReason(models.Model):
    _inherit = "rgpd.reason"

    def _warn_done(self, run):
        """Ask the DPO once a night to have the files looked at that nobody can read."""
        result = super()._warn_done(run)
        if not run._count_unread():
            return result
        simulation = run.simulation_id._with_dpo_lang()
        simulation._schedule_for_dpo(
            simulation.env._("Retention: files to look at"),
            Markup('%s <a href="/odoo/rgpd.retention.run/%s">%s</a>')
            % (
                simulation.env._(
                    "On documents that lost their names, files stayed that cannot be "
                    "read, or not as a whole: a scan, a picture, a damaged file. "
                    "Certificates that tell of one: %(count)s. Have them looked at, "
                    "delete those that name the person, then mark this task as done.",
                    count=run.unread_count,
                ),
                run.id,
                simulation.env._("Open the night"),
            ),
        )
        return result
