import hashlib
import hmac
import io
import struct
import zipfile
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from odoo.addons.rgpd_fichier_client.core.request import sealed_zip

MOMENT = datetime(2026, 11, 25, 10, 30, 8)
PASSWORD = "abcde-fghjk-mnpqr-stuvw-xyz23"


def seal(data, password=PASSWORD):
    target = io.BytesIO()
    written = sealed_zip.seal(
        io.BytesIO(data), len(data), target, "copy.zip", password, MOMENT
    )
    assert written == len(target.getvalue())
    return target.getvalue()


def unseal(archive, password=PASSWORD):
    """Open the archive as the specification of WinZip says, apart from our code."""
    (info,) = zipfile.ZipFile(io.BytesIO(archive)).infolist()
    assert (info.compress_type, info.CRC) == (99, 0)
    assert struct.unpack("<HHH2sBH", info.extra) == (0x9901, 7, 2, b"AE", 3, 0)
    name, extra = struct.unpack("<HH", archive[26:30])
    start = 30 + name + extra
    body = archive[start : start + info.compress_size]
    salt, check, sealed, code = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    if keys[64:] != check:
        raise PermissionError
    assert hmac.new(keys[32:64], sealed, hashlib.sha1).digest()[:10] == code
    cipher = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()
    plain = bytearray()
    for number in range(0, len(sealed), 16):
        stream = cipher.update((number // 16 + 1).to_bytes(16, "little"))
        part = sealed[number : number + 16]
        plain += bytes(a ^ b for a, b in zip(part, stream, strict=False))
    assert info.file_size == len(plain)
    return bytes(plain)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 65536, 65537, 200_003])
def test_what_was_sealed_comes_back(size):
    data = bytes(n % 251 for n in range(size))
    assert unseal(seal(data)) == data


def test_only_a_drawn_password_counts_as_one():
    password = sealed_zip.make_password()
    assert sealed_zip.is_password(password)
    for other in ("", None, "secret", password[:-1], f"{password}-abcde", "x" * 29):
        assert not sealed_zip.is_password(other)


def test_another_password_opens_nothing():
    with pytest.raises(PermissionError):
        unseal(seal(b"Jeanne Exemple"), "another")


def test_nothing_is_readable_without_the_password():
    assert b"Jeanne" not in seal(b"Jeanne Exemple" * 100)


def test_the_same_data_are_never_sealed_twice_alike():
    assert seal(b"Jeanne Exemple") != seal(b"Jeanne Exemple")


def test_short_reads_do_not_shift_the_counter():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1001))

    data = bytes(range(256)) * 40
    target = io.BytesIO()
    sealed_zip.seal(Slow(data), len(data), target, "copy.zip", PASSWORD, MOMENT)
    assert unseal(target.getvalue()) == data


def test_a_source_that_ends_too_soon():
    with pytest.raises(EOFError):
        sealed_zip.seal(io.BytesIO(b"x"), 9, io.BytesIO(), "a", PASSWORD, MOMENT)


def test_too_big():
    with pytest.raises(sealed_zip.ArchiveTooBigError):
        sealed_zip.seal(io.BytesIO(), 2**32, io.BytesIO(), "a", PASSWORD, MOMENT)


def test_passwords_are_long_and_never_the_same():
    passwords = {sealed_zip.make_password() for _n in range(50)}
    assert len(passwords) == 50
    assert all(len(p) == 29 and p.count("-") == 4 for p in passwords)
