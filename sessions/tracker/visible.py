"""What people see of a listing, as one short digest: only a change of it is worth an edit."""

from hashlib import blake2b

import msgspec

from engine_client.feeds.models import Listing

_HIDDEN = {"id", "scope"}  # no embed shows them
_FIELDS = tuple(field for field in Listing.__struct_fields__ if field not in _HIDDEN)
_encode = msgspec.msgpack.Encoder().encode


def visible_digest(listing: Listing, volatile: frozenset[str] = frozenset()) -> str:
    """Digest the fields that are shown and are not volatile; the same in every process and release."""
    values = [getattr(listing, name) for name in _FIELDS if name not in volatile]
    return blake2b(_encode(values), digest_size=8).hexdigest()
