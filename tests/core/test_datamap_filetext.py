import io
import zipfile
from email.message import EmailMessage

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap import filetext
from odoo.addons.rgpd_fichier_client.core.datamap.filetext import (
    TooLargeFileError,
    UnreadableFileError,
)

MAIL = "zoe.lienard@post.example"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITER = "application/vnd.oasis.opendocument.text"
ZIP = "application/zip"
NS = 'xmlns:w="urn:w" xmlns:t="urn:t"'


def make_zip(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def make_docx(body, **files):
    document = f"<w:document {NS}><w:body>{body}</w:body></w:document>"
    return make_zip(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": document,
            **files,
        }
    )


def test_a_word_cut_in_runs_is_one_word():
    body = (
        "<w:p><w:r><w:t>zoe.lie</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr>"
        "<w:t>nard@post.ex</w:t></w:r><w:r><w:t>ample</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>06 39 98</w:t></w:r><w:r><w:tab/><w:t>00 12</w:t></w:r></w:p>"
    )
    lines = filetext.read(make_docx(body), WORD).split("\n")
    assert MAIL in lines
    assert "06 39 98 00 12" in lines


def test_paragraphs_and_cells_are_apart():
    body = "<w:p><w:r><w:t>zoe</w:t></w:r></w:p><w:p><w:r><w:t>martin</w:t></w:r></w:p>"
    assert "zoemartin" not in filetext.read(make_docx(body), WORD)


def test_the_address_behind_a_link():
    relations = f'<Relationships><Relationship Target="mailto:{MAIL}"/></Relationships>'
    data = make_docx("", **{"word/_rels/document.xml.rels": relations})
    assert MAIL in filetext.read(data, WORD)


def test_sheets():
    book = openpyxl.Workbook()
    book.active.append(["Zoé Liénard", MAIL, 639980012])
    book.create_sheet("Autre")["B2"] = "06 39 98 00 12"
    stream = io.BytesIO()
    book.save(stream)
    text = filetext.read(stream.getvalue(), SHEET)
    for wanted in ("Zoé Liénard", MAIL, "639980012", "06 39 98 00 12"):
        assert wanted in text


def test_open_documents():
    content = (
        f"<t:p {NS}>Écrire à <t:span>zoe.lie</t:span>nard@post.example<t:s/>vite</t:p>"
    )
    data = make_zip({"mimetype": WRITER, "content.xml": content})
    assert f"Écrire à {MAIL} vite" in filetext.read(data, WRITER)


def test_files_inside_files():
    letter = make_docx(f"<w:p><w:r><w:t>{MAIL}</w:t></w:r></w:p>")
    inner = make_zip({"a/letter.docx": letter, "photo.jpg": b"\xff\xd8\0\0"})
    outer = make_zip({"inner.zip": inner, "list.csv": "nom;06 39 98 00 12"})
    text = filetext.read(outer, ZIP)
    assert MAIL in text
    assert "06 39 98 00 12" in text
    assert "a/letter.docx" in text


def make_mail():
    message = EmailMessage()
    message["From"] = "Zoé Liénard <zoe.lienard@post.example>"
    message["Subject"] = "Rappel de Zoé Liénard"
    message.set_content("Téléphone : 06 39 98 00 12\n", cte="base64")
    message.add_alternative("<p>Bient&ocirc;t</p>", subtype="html")
    return message


def test_parts_of_an_e_mail_are_decoded():
    message = make_mail()
    message.add_attachment(
        make_zip({"n.txt": "FR7630006000011234567890189"}),
        maintype="application",
        subtype="zip",
        filename="pièce de Zoé.zip",
    )
    forward = EmailMessage()
    forward["Subject"] = "Tr"
    forward.set_content("Voir")
    forward.add_attachment(message)
    for sent in (message, forward):
        text = filetext.read(sent.as_bytes(), "message/rfc822")
        for wanted in (
            MAIL,
            "Rappel de Zoé Liénard",
            "06 39 98 00 12",
            "Bient&ocirc;t",
            "FR7630006000011234567890189",
            "pièce de Zoé.zip",
        ):
            assert wanted in text


def test_an_e_mail_in_an_archive():
    data = make_zip({"m.eml": make_mail().as_bytes()})
    assert "06 39 98 00 12" in filetext.read(data, ZIP)


@pytest.mark.parametrize(
    ("data", "mimetype"),
    [
        (b"PK\x03\x04 broken", WORD),
        (b"", WORD),
        (b"%PDF-1.4 broken", "application/pdf"),
        (make_zip({"[Content_Types].xml": "<a>", "x.xml": "<a><b></a>"}), WORD),
        (make_zip({"a.pdf": b"%PDF broken"}), ZIP),
    ],
)
def test_damaged_files_are_not_taken_for_clean(data, mimetype):
    with pytest.raises(UnreadableFileError):
        filetext.read(data, mimetype)


def test_a_damaged_part_does_not_hide_the_others():
    data = make_zip({"a.pdf": b"%PDF broken", "b.txt": MAIL})
    with pytest.raises(UnreadableFileError) as caught:
        filetext.read(data, ZIP)
    assert MAIL in caught.value.text


def test_too_deep_and_too_large(monkeypatch):
    data = b"x"
    for _level in range(8):
        data = make_zip({"a.zip": data, "b.txt": "b"})
    with pytest.raises(UnreadableFileError):
        filetext.read(data, ZIP)
    monkeypatch.setattr(filetext, "LARGEST_PART", 1000)
    with pytest.raises(TooLargeFileError):
        filetext.read(make_zip({"bomb.txt": b"0" * 100_000}), ZIP)
    inside = make_zip({"a.zip": make_zip({"bomb.txt": b"0" * 2000}), "b.txt": MAIL})
    with pytest.raises(TooLargeFileError) as caught:
        filetext.read(inside, ZIP)
    assert MAIL in caught.value.text
    film = make_zip({"film.mp4": b"\0" * 2000, "b.txt": MAIL})
    assert MAIL in filetext.read(film, ZIP)
    monkeypatch.setattr(filetext, "MOST_PARTS", 10)
    with pytest.raises(TooLargeFileError):
        filetext.read(make_zip({f"{n}.txt": "x" for n in range(20)}), ZIP)


def test_an_entity_of_xml_is_not_expanded():
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;&b;</a>'
    data = make_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": bomb})
    assert "bbbb" not in filetext.read(data, WORD)


def test_texts_in_other_encodings():
    for encoding in ("utf-8", "cp1252", "utf-16"):
        assert "Zoé" in filetext.read("Zoé".encode(encoding), "text/plain")


@given(
    st.binary(max_size=200), st.sampled_from([ZIP, WORD, "message/rfc822", "text/csv"])
)
def test_any_content_is_read_or_refused(data, mimetype):
    try:
        assert isinstance(filetext.read(data, mimetype), str)
    except UnreadableFileError:
        pass
