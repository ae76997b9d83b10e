"""What the clear proof of a consent holds, and the one text that it is committed to."""

import ipaddress
import json

# Details besides the file or the row; each is personal data, and goes at the erasure.
DETAILS = ("guardian", "ip", "agent", "address_mark")
LONGEST_AGENT = 250
# What is left of an address: the network, not the line (recommended by the CNIL).
PREFIX = {4: 24, 6: 48}


def join_proof(content, details):
    """Return the text that the commitment of an event covers, or ``None``.

    :param content: base64 text of a file, or the row of a file; may be empty
    :param details: ``{name: text}`` among ``DETAILS``, those without value left out

    Without details it is the content itself, as it always was.
    """
    kept = {name: details[name] for name in DETAILS if details.get(name)}
    if not kept:
        return content or None
    if isinstance(content, bytes):
        content = content.decode()
    return json.dumps(
        {"content": content or "", **kept},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def truncate_ip(text):
    """Return the network of an address: /24 of IPv4, /48 of IPv6; empty if neither.

    >>> truncate_ip("192.0.2.77")
    '192.0.2.0'
    >>> truncate_ip("2001:db8:aa:bb::1")
    '2001:db8:aa::'
    >>> truncate_ip("::ffff:192.0.2.77")
    '192.0.2.0'
    """
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    network = ipaddress.ip_network((address, PREFIX[address.version]), strict=False)
    return str(network.network_address)
