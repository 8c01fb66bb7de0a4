"""Finds the line of a TOML file that a value stands on, for faults that name file and line.

It reads headers, keys and the rows of an array of inline tables; the values are tomllib's business.
"""

import re

_HEADER = re.compile(r"^\s*\[(\[?)\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-]+)\s*=(.*)")
_PATH_PART = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+|\.\.\.)\]")

Address = list[str]


def line_of(text: str, path: str) -> int:
    """Give the line (from 1) of a path such as `$.event[2].choice[0].label`, or of its nearest parent."""
    wanted = [name or index for name, index in _PATH_PART.findall(path)]
    best, best_depth = 1, 0
    for number, keys in _addresses(text):
        depth = len(keys)
        if depth > best_depth and keys == wanted[:depth]:
            best, best_depth = number, depth
    return best


def _addresses(text: str) -> list[tuple[int, Address]]:
    """List each header, key and array row with its full address, array positions included."""
    found: list[tuple[int, Address]] = []
    counts: dict[tuple[str, ...], int] = {}
    table: Address = []
    array: Address = []
    rows = 0
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            table, array = _table(header.group(2).split("."), header.group(1) == "[", counts), []
            found.append((number, table))
        elif array and line.lstrip().startswith("{"):
            found.append((number, [*array, str(rows)]))
            rows += 1
        elif key is not None:
            address = [*table, key.group(1)]
            array, rows = (address if key.group(2).strip() == "[" else []), 0
            found.append((number, address))
    return found


def _table(names: list[str], is_array: bool, counts: dict[tuple[str, ...], int]) -> Address:
    """Turn a header's names into an address: each name of an array is followed by its newest position."""
    address: Address = []
    for depth, name in enumerate(names):
        address.append(name.strip())
        key = tuple(address)
        if is_array and depth == len(names) - 1:
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            address.append(str(counts[key]))
    return address
