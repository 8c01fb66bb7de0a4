"""Reads the TOML files into Content, or says what is wrong with them, file and line.

It reads files once at the start; the game's own are kept pressed into one for the next start.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from engine.content.catalogue import Content
from engine.content.checks import Complaint, check
from engine.content.faults import ContentFault
from engine.content.lines import line_of
from engine.content.models import Document
from engine.content.pressed import digest_of, keep_pressed, load_pressed

_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)")
_KINDS = Document.__struct_fields__


class _Source(msgspec.Struct, frozen=True):
    name: str
    text: str
    document: Document


def load_content(extra_folders: Iterable[Path] = ()) -> Content:
    """Load the game's own content and every *.toml of `extra_folders`. Raises ContentFault."""
    own, extra = Path(__file__).parent, list(extra_folders)
    if extra:
        return Content(_load([own, *extra]))
    digest = digest_of(own)
    whole = load_pressed(own, digest)
    if whole is None:
        whole = _load([own])
        keep_pressed(own, digest, whole)
    return Content(whole)


def _load(folders: list[Path]) -> Document:
    """Read and check the files of these folders. Raises ContentFault."""
    sources, faults = [], []
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder}: there is no such folder")
        for path in sorted(folder.glob("*.toml")):
            try:
                sources.append(_read(path))
            except ContentFault as fault:
                faults.extend(fault.faults)
    if faults:
        raise ContentFault(faults)
    whole, origins = _join(sources)
    faults = [_locate(sources, origins, complaint) for complaint in check(whole)]
    if faults:
        raise ContentFault(faults)
    return whole


def _read(path: Path) -> _Source:
    """Read one file. Raises ContentFault with one fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentFault([f"{path.name}:1: cannot be read: {error}"]) from error
    try:
        return _Source(path.name, text, msgspec.convert(tomllib.loads(text), Document))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place.group(1)) if place else len(text.splitlines())
        raise ContentFault([f"{path.name}:{line}: {_TOML_PLACE.sub('', str(error))}"]) from error
    except msgspec.ValidationError as error:
        sentence, _, where = str(error).partition(" - at `")
        raise ContentFault([f"{path.name}:{line_of(text, where.rstrip('`'))}: {sentence}"]) from error


def _join(sources: list[_Source]) -> tuple[Document, dict[str, list[tuple[int, int]]]]:
    """Make one document of all; `origins[kind][i]` is the source and the position there of entry i."""
    lists: dict[str, list[object]] = {kind: [] for kind in _KINDS}
    origins: dict[str, list[tuple[int, int]]] = {kind: [] for kind in _KINDS}
    for number, source in enumerate(sources):
        for kind in _KINDS:
            entries = getattr(source.document, kind)
            lists[kind].extend(entries)
            origins[kind].extend((number, position) for position in range(len(entries)))
    return Document(**{kind: tuple(entries) for kind, entries in lists.items()}), origins  # type: ignore[arg-type]


def _locate(sources: list[_Source], origins: dict[str, list[tuple[int, int]]], complaint: Complaint) -> str:
    number, position = origins[complaint.kind][complaint.index]
    source = sources[number]
    path = f"$.{complaint.kind}[{position}]{complaint.path}"
    return f"{source.name}:{line_of(source.text, path)}: {complaint.sentence}"
