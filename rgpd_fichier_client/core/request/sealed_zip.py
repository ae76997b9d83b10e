"""A ZIP archive sealed with a password: AES-256, the AE-2 format of WinZip.

One entry, stored, encrypted with AES-256 in counter mode and authenticated by
HMAC-SHA1, as 7-Zip, WinZip, Keka and The Unarchiver open it. The format derives its
keys by a weak function (PBKDF2, 1000 rounds): the password is therefore drawn here,
with more than 100 bits, and never chosen by anybody. The data are streamed.
"""

import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ..errors import CoreError

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that sounds or looks alike
GROUPS, GROUP_LENGTH = 5, 5  # 25 characters of 31: 123 bits
ROUNDS = 1000  # fixed by the format
BLOCK = 16
CHUNK = 4096 * BLOCK
LIMIT = 0xFFFFFFFF - 64

_AES_METHOD = 99
_ENCRYPTED, _UTF8 = 0x0001, 0x0800
# AE-2, vendor "AE", AES-256, entry stored
_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 0)


class ArchiveTooBigError(CoreError):
    """The archive does not fit the format without its 64-bit extension."""


def make_password():
    """Return a password that can be read out on the phone."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _char in range(GROUP_LENGTH))
        for _group in range(GROUPS)
    )


def derive_password(digest):
    """Return the password that follows from a secret digest of 256 bits in hex.

    >>> derive_password("ab" * 32) == derive_password("ab" * 32)
    True
    """
    number, chars = int(digest, 16), []
    for _char in range(GROUPS * GROUP_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        chars.append(ALPHABET[index])
    text = "".join(chars)
    return "-".join(
        text[start : start + GROUP_LENGTH]
        for start in range(0, len(text), GROUP_LENGTH)
    )


def is_password(text):
    """Tell whether a text has the form of a drawn password; nothing weaker seals."""
    groups = text.split("-") if isinstance(text, str) else []
    return len(groups) == GROUPS and all(
        len(group) == GROUP_LENGTH and set(group) <= set(ALPHABET) for group in groups
    )


def seal(source, size, target, name, password, moment):
    """Write `source` into `target` as the one entry of a sealed archive.

    :param source: binary stream, read from where it stands
    :param int size: number of bytes that will be read
    :param target: binary stream, written in order and left open
    :param str name: name of the entry; it is readable without the password
    :param moment: datetime of the entry
    :return: number of bytes written
    :raise ArchiveTooBigError: four gigabytes or more
    """
    if size > LIMIT:
        raise ArchiveTooBigError()
    salt = secrets.token_bytes(16)
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, ROUNDS, dklen=66)
    sealed_size = len(salt) + 2 + size + 10
    head = _prepare_head(name, size, sealed_size, moment)
    local = struct.pack("<4s", b"PK\x03\x04") + head + name.encode() + _EXTRA
    target.write(local + salt + keys[64:])
    target.write(_encrypt(source, size, target, keys[:32], keys[32:64]))
    offset = len(local) + sealed_size
    central = _prepare_central(name, head)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central), offset, 0)
    target.write(central + end)
    return offset + len(central) + len(end)


def _encrypt(source, size, target, key, mac_key):
    """Encrypt the stream chunk by chunk; return the authentication code."""
    # The counter of the format is little-endian: counter mode from single blocks
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    mac = hmac.new(mac_key, digestmod=hashlib.sha1)
    counter, left = 1, size
    while left:
        # Whole chunks only: a short one in the middle would shift the counter
        chunk = _read(source, min(CHUNK, left))
        left -= len(chunk)
        blocks = -(-len(chunk) // BLOCK)
        stream = encryptor.update(
            b"".join(
                n.to_bytes(BLOCK, "little") for n in range(counter, counter + blocks)
            )
        )
        counter += blocks
        sealed = _xor(chunk, stream[: len(chunk)])
        mac.update(sealed)
        target.write(sealed)
    return mac.digest()[:10]


def _read(source, size):
    """Return exactly `size` bytes."""
    parts, left = [], size
    while left:
        part = source.read(left)
        if not part:
            raise EOFError()
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _xor(left, right):
    number = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
    return number.to_bytes(len(left), "big")


def _prepare_head(name, size, sealed_size, moment):
    """Return what the local and the central header have in common."""
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return struct.pack(
        "<HHHHHIIIHH",
        51,  # version needed for AES
        _ENCRYPTED | _UTF8,
        _AES_METHOD,
        time,
        date,
        0,  # AE-2 has no CRC: it would tell something about the content
        sealed_size,
        size,
        len(name.encode()),
        len(_EXTRA),
    )


def _prepare_central(name, head):
    return (
        struct.pack("<4sH", b"PK\x01\x02", 51)
        + head
        + struct.pack("<HHHII", 0, 0, 0, 0o600 << 16, 0)
        + name.encode()
        + _EXTRA
    )
