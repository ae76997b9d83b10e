"""The page a person opens first: everything the bundle holds, for a lay reader.

Plain HTML with its style inside: it opens from a USB stick, prints well and asks
nothing from the network. Written piece by piece into a text stream.
"""

import re
from html import escape

SHOWN_RECORDS = 300  # per kind of data; all of them are in the CSV and the JSON

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.7rem;margin-bottom:.2rem}h2{font-size:1.25rem;margin-top:2.4rem;
border-bottom:2px solid #6b4f8a;padding-bottom:.2rem}
h3{font-size:1rem;margin:1.2rem 0 .2rem}
.lead{color:#666}nav ul{columns:2;padding-left:1.2rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0}
th,td{border:1px solid #bbb4;padding:.3rem .5rem;text-align:left;vertical-align:top}
th{background:#8881;font-weight:600}
dl{margin:.2rem 0;overflow:hidden}
dt{color:#666;float:left;clear:left;width:14rem}
dd{margin:0 0 .1rem 15rem;white-space:pre-wrap;overflow-wrap:anywhere}
article{border:1px solid #bbb6;border-radius:6px;padding:.5rem .9rem;margin:.6rem 0}
.note{background:#f6e8b155;border-left:4px solid #c9a227;padding:.4rem .8rem}
@media screen and (max-width:40rem){dt{float:none;width:auto;font-size:.85em}
dd{margin:0 0 .4rem}nav ul{columns:1}
thead{display:none}table,tbody,tr,td{display:block}
tr{border:1px solid #bbb6;border-radius:6px;margin:.5rem 0;padding:.2rem .6rem}
td{border:0;padding:.2rem 0;overflow-wrap:anywhere}td:empty{display:none}
td::before{content:attr(data-label);display:block;font-size:.85em;color:#666}}
@media print{article{break-inside:avoid}}
"""

# What says to a lay reader nothing, or the same again: amounts with a sign for the
# accounts, the same amount in another currency, addresses folded for comparison
_REPEATED = re.compile(
    r"_signed(?:_|$)|_currency$|_currency_signed$|^(?:debit|credit|balance)$"
    r"|^(?:discount_balance|tax_base_amount|price_reduce_\w+|complete_name)$"
    r"|^(?:email_normalized|phone_sanitized|commercial_partner_id)$"
    r"|^(?:peppol_\w+|calendar_last_notif_ack|untaxed_amount_\w+|amount_residual_\w+)$"
    r"|^(?:invoice_partner_display_name|quick_edit_total_amount)$"
)


def is_repeated(name):
    """Tell whether the page leaves a field out: the CSV and the JSON have it.

    >>> is_repeated("amount_untaxed_signed"), is_repeated("amount_untaxed")
    (True, False)
    """
    return bool(_REPEATED.search(name))


class PageWriter:
    """Write `index.html` into a text stream.

    :param stream: text stream
    :param dict labels: every phrase of the page, already in the reader's language
    """

    def __init__(self, stream, labels):
        self._stream = stream
        self._labels = labels

    def _put(self, *pieces):
        self._stream.writelines(pieces)

    def write_head(self, lang, facts):
        """Write the title and what this document is.

        :param str lang: language tag of the page, such as `fr`
        :param facts: pairs (label, value) shown under the title
        """
        title = escape(self._labels["title"])
        self._put(
            f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><head>',
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            '<meta name="robots" content="noindex"><meta http-equiv='
            '"Content-Security-Policy" content="default-src \'none\';'
            " style-src 'unsafe-inline'; img-src 'self'\">",
            f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>",
            f'<p class="lead">{escape(self._labels["intro"])}</p>',
        )
        self._put_pairs(facts)

    def write_contents(self, sections):
        """Write the table of contents: pairs (anchor, label with count)."""
        self._put(f"<nav><h2>{escape(self._labels['contents'])}</h2><ul>")
        for anchor, label in sections:
            self._put(f'<li><a href="#{escape(anchor)}">{escape(label)}</a></li>')
        self._put("</ul></nav>\n")

    def write_information(self, blocks):
        """Write the blocks of Art. 15.1: `title`, `text`, `columns` and `rows`."""
        for block in blocks:
            self._put(f"<section><h2>{escape(block['title'])}</h2>")
            for line in block.get("text", ()):
                self._put(f"<p>{escape(line)}</p>")
            if block.get("rows"):
                self._put_table(block.get("columns", ()), block["rows"])
            self._put("</section>\n")

    def write_notes(self, notes):
        """Write what the reader must know about the copy itself."""
        for note in notes:
            self._put(f'<p class="note">{escape(note)}</p>\n')

    def open_section(self, anchor, label, hint=""):
        """Begin a kind of data."""
        self._put(f'<section id="{escape(anchor)}"><h2>{escape(label)}</h2>')
        if hint:
            self._put(f'<p class="lead">{escape(hint)}</p>')

    def write_record(self, title, pairs):
        """Write one record: its title and the pairs (label, text) it holds."""
        self._put(f"<article><h3>{escape(title)}</h3>")
        self._put_pairs(pairs)
        self._put("</article>\n")

    def close_section(self, hidden=0):
        """End a kind of data; `hidden` records are only in the other formats."""
        if hidden:
            text = self._labels["more"].replace("{count}", str(hidden))
            self._put(f'<p class="note">{escape(text)}</p>')
        self._put("</section>\n")

    def write_files(self, anchor, files):
        """Write the list of files with links to those that are in the bundle."""
        self._put(
            f'<section id="{escape(anchor)}"><h2>{escape(self._labels["files"])}</h2>',
            "<ul>",
        )
        for item in files:
            name = escape(item["name"])
            if item.get("path"):
                name = f'<a href="{escape(item["path"])}">{name}</a>'
            elif item.get("missing"):
                name = f"{name} ({escape(self._labels['missing'])})"
            owners = escape(", ".join(item["attached_to"]))
            self._put(f"<li>{name} <small>{owners}</small></li>")
        self._put("</ul></section>\n")

    def write_end(self):
        """Close the page."""
        self._put("</body></html>\n")

    def _put_pairs(self, pairs):
        self._put("<dl>")
        for label, value in pairs:
            self._put(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>")
        self._put("</dl>\n")

    def _put_table(self, columns, rows):
        """Write a table; on a phone each row is a card, each cell with its label."""
        heads = "".join(f"<th>{escape(column)}</th>" for column in columns)
        self._put(f"<table><thead><tr>{heads}</tr></thead><tbody>")
        for row in rows:
            self._put("<tr>")
            for column, cell in zip(columns, row, strict=True):
                self._put(f'<td data-label="{escape(column)}">{escape(cell)}</td>')
            self._put("</tr>")
        self._put("</tbody></table>\n")
