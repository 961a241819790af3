"""The sums that prove files, as `sha256sum --check` reads them."""

import hashlib
from collections.abc import Mapping

SUMS = "SHA256SUMS"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sums(digests: Mapping[str, str]) -> bytes:
    """By name: file names as keys, their SHA-256 as values."""
    return "".join(f"{one}  {name}\n" for name, one in sorted(digests.items())).encode()
