from odoo import models, release
from odoo.tools import format_datetime

from ...core.datamap import bundle, bundle_page
from ...core.datamap.bundle_parts import DATA, PAGE


class RgpdPersonExporter(models.AbstractModel):
    """The words around the data: heads, notes and labels."""

    _inherit = "rgpd.person.exporter"

    def _write_heads(self, step, records, found, moment, portability, review):
        """Begin the page and the JSON: who answers, and what Art. 15.1 asks to tell."""
        company = self.env.company
        controller = {
            "name": company.name,
            "address": company.partner_id._display_address(
                without_company=True
            ).strip(),
            "email": company.email or None,
            "phone": company.phone or None,
        }
        information = self._get_information(records, portability)
        page = bundle_page.PageWriter(
            step.open(PAGE), self._get_page_labels(portability)
        )
        lang = (self.env.lang or "en_US").split("_")[0]
        page.write_head(
            lang,
            [
                (self.env._("Company that answers"), controller["name"]),
                (
                    self.env._("Made on"),
                    format_datetime(self.env, moment, dt_format="short"),
                ),
            ],
        )
        withheld = review.get_withheld_records()
        sections = [
            (
                self._anchor(model),
                f"{self._label(model)} "
                f"({sum((model, res_id) not in withheld for res_id in ids)})",
            )
            for model, ids in found.items()
        ]
        page.write_contents([*sections, ("files", self.env._("Files"))])
        page.write_information(information)
        head = {
            "format": bundle.FORMAT,
            "generated": moment.isoformat(timespec="seconds") + "Z",
            "right": "portability" if portability else "access",
            "language": self.env.lang or "en_US",
            "controller": controller,
            "information": information,
        }
        step.write(DATA, bundle.dump_json(head)[:-2] + ',\n "models": [')

    def _get_facts(self, state, files, portability):
        """Return what the manifest says besides the list of entries."""
        return {
            "right": "portability" if portability else "access",
            "software": f"rgpd_fichier_client, Odoo {release.version}",
            "counts": state["counts"],
            "withheld": state["withheld"],
            "files": len(files.items),
            "missing_files": files.missing,
        }

    def _get_notes(self, portability):
        notes = [
            self.env._(
                "Names, e-mail addresses and phone numbers of other people are masked "
                "to protect them (Art. 15.4 GDPR); passwords and access keys are never "
                "copied."
            )
        ]
        if portability:
            notes.append(
                self.env._(
                    "This copy holds the data you provided (Art. 20 GDPR). An access "
                    "request (Art. 15) gives a copy of everything held about you."
                )
            )
        return notes

    def _get_missing_note(self, count):
        return self.env._(
            "%(count)s files are listed but their content could not be found in the "
            "storage of the company.",
            count=count,
        )

    def _get_withheld_notes(self, withheld):
        """Tell how many records stay out, and on which ground (Art. 12.4, 15.4)."""
        one = {
            "others": self.env._(
                "One record is withheld whole, with what belongs to it, because it "
                "would tell about other people (Art. 15.4 GDPR)."
            ),
            "secret": self.env._(
                "One record is withheld whole, with what belongs to it, because it "
                "holds a business secret (Art. 15.4, recital 63 GDPR)."
            ),
            "unchecked": self.env._(
                "One record came in after the copy was checked and names other "
                "people: ask us for it."
            ),
            "large": self.env._(
                "One text is too long to be shown here with other people masked: ask "
                "us for it."
            ),
        }
        many = {
            "others": self.env._(
                "%(count)s records are withheld whole, with what belongs to them, "
                "because they would tell about other people (Art. 15.4 GDPR).",
                count=withheld["others"],
            ),
            "secret": self.env._(
                "%(count)s records are withheld whole, with what belongs to them, "
                "because they hold a business secret (Art. 15.4, recital 63 GDPR).",
                count=withheld["secret"],
            ),
            "unchecked": self.env._(
                "%(count)s records came in after the copy was checked and name other "
                "people: ask us for them.",
                count=withheld["unchecked"],
            ),
            "large": self.env._(
                "%(count)s texts are too long to be shown here with other people "
                "masked: ask us for them.",
                count=withheld["large"],
            ),
        }
        return [
            (one if withheld[ground] == 1 else many)[ground]
            for ground in many
            if withheld[ground]
        ]

    def _get_page_labels(self, portability=False):
        title = (
            self.env._("The data you provided to us")
            if portability
            else self.env._("The personal data we hold about you")
        )
        return {
            "title": title,
            "intro": self.env._(
                "This page shows the copy of your data; unless it is very long, "
                "index.pdf is the same page to print. All values, technical ones too, "
                "are in the folder “csv” for a spreadsheet, and in data.json for "
                "another service."
            ),
            "contents": self.env._("Contents"),
            "more": self.env._(
                "{count} more records are in the CSV file and in data.json."
            ),
            "files": self.env._("Files"),
            "missing": self.env._("content not found"),
        }
