"""What people see of a listing, as one short digest: only a change of it is worth an edit."""

from collections.abc import Callable
from hashlib import blake2b
from operator import attrgetter

import msgspec

from engine_client.feeds.models import Listing

_HIDDEN = {"id", "scope"}  # no embed shows them

Digest = Callable[[Listing], str]


def digest_of(volatile: frozenset[str] = frozenset()) -> Digest:
    """Make the function that digests what is shown and not volatile; it is the same in every process."""
    fields = [name for name in Listing.__struct_fields__ if name not in _HIDDEN | volatile]
    seen = attrgetter(*fields)
    encode = msgspec.msgpack.Encoder().encode

    def digest(listing: Listing) -> str:
        return blake2b(encode(seen(listing)), digest_size=8).hexdigest()

    return digest
