"""All feeds that this house knows, by name, and the addresses with their secrets filled in."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from engine_client.feeds.errors import BadFeed, MissingSecret, UnknownFeed
from engine_client.feeds.spec import FeedSpec, parse_feed

SHIPPED = Path(__file__).resolve().parents[2] / "feeds"


class Catalog:
    """The feeds by name. `secrets` are the host's values by variable name (its environment, for example)."""

    def __init__(self, specs: Iterable[FeedSpec], secrets: Mapping[str, str] | None = None) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._secrets = dict(secrets or {})

    def names(self) -> list[str]:
        """List the feeds' names."""
        return sorted(self._specs)

    def specs(self) -> list[FeedSpec]:
        """List the feeds, by title."""
        return sorted(self._specs.values(), key=lambda spec: spec.title.casefold())

    def get(self, name: str) -> FeedSpec:
        """Give a feed. Raises UnknownFeed."""
        if name not in self._specs:
            raise UnknownFeed(name)
        return self._specs[name]

    def missing(self, spec: FeedSpec) -> tuple[str, ...]:
        """Name the secrets of a feed that the host was not given."""
        return tuple(name for name in spec.secrets if not self._secrets.get(name))

    def address(self, spec: FeedSpec) -> str:
        """Give a feed's address, secrets included: not for logs. Raises MissingSecret."""
        if missing := self.missing(spec):
            raise MissingSecret(spec.name, missing)
        url = spec.url
        for name, value in spec.values.items():
            url = url.replace(f"{{{name}}}", quote(value, safe=":"))
        for name in spec.secrets:
            url = url.replace(f"{{{name}}}", quote(self._secrets[name], safe=""))
        return url


def load_catalog(*folders: Path, secrets: Mapping[str, str] | None = None) -> Catalog:
    """Read every `*.toml` of the folders; a later folder's feed replaces an earlier one's of the same name.

    Raises BadFeed, which names the file, and reads nothing half.
    """
    specs: dict[str, FeedSpec] = {}
    for folder in folders or (SHIPPED,):
        for file in sorted(folder.glob("*.toml")):
            specs.update((spec.name, spec) for spec in read_feed_file(file))
    return Catalog(specs.values(), secrets)


def read_feed_file(file: Path) -> list[FeedSpec]:
    """Read one feed file; its name is the feed's. Raises BadFeed."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFeed(f"{file.name}: {error}") from error
    return parse_feed(text, file.stem)
