"""The words that players use for the verbs of the rules, and for the kinds of places."""

from engine.rules.scene import NodeKind

_WORDS: dict[str, str] = {
    "scan": "scan look search survey listen inspect examine sense analyse analyze detect ping study observe",
    "mine": "mine dig drill excavate quarry",
    "hail": "hail talk speak greet contact call negotiate parley reason chat ask answer respond confess",
    "flee": "flee run escape retreat bolt withdraw 'run away' 'get away' 'back off' outrun",
    "attack": "attack fire shoot fight kill destroy bombard engage blast hit 'open fire' ram strike",
    "repair": "repair mend patch weld fix",
    "trade": "trade market barter haggle deal bargain shop",
    "board": "board enter infiltrate explore 'go in' 'go aboard' open",
    "wait": "wait hold stay idle pass 'do nothing'",
    "jump": "jump travel warp fly go head course sail proceed 'set course' 'head for' navigate",
    "dock": "dock berth moor 'dock at' anchor",
    "leave": "leave depart undock ignore 'cast off' 'move on' decline refuse skip back exit",
    "land": "land descend 'go down' disembark",
    "salvage": "salvage scavenge strip loot tow net",
    "probe": "probe 'send probe' poke touch",
    "skim": "skim scoop harvest siphon",
    "rest": "rest sleep relax recover nap camp",
    "use": "use apply consume eat drink inject activate swallow",
    "buy": "buy purchase acquire order",
    "sell": "sell offload hawk",
    "drop": "drop jettison dump discard 'throw out' 'throw away' eject_cargo",
    "fit": "fit install mount equip attach bolt_on",
    "remove": "remove uninstall unfit detach unequip unmount",
    "refuel": "refuel fuel resupply restock 'fill up' tank provision",
    "brace": "brace defend shield shields block 'hold on'",
    "evade": "evade dodge weave manoeuvre maneuver roll juke",
    "torpedo": "torpedo missile launch_torpedo",
    "eject": "eject abandon pod 'abandon ship' bail",
    "signal": "signal distress sos mayday beacon help_us",
    "quest": "quest quests job jobs work contract mission board_notice notice",
    "map": "map chart lanes courses routes",
    "hold": "inventory cargo stores hold_list stuff",
    "take": "take grab steal pick_up snatch collect keep seize pocket",
    "give": "give pay offer donate bribe share hand surrender feed",
    "hide": "hide cloak 'go dark' lurk conceal sneak lie bluff",
    "help": "help commands what",
}

_QUOTED = "'"


def _expand() -> dict[str, str]:
    """Turn the table round: word or pair of words to verb."""
    turned: dict[str, str] = {}
    for verb, words in _WORDS.items():
        for number, part in enumerate(words.split(_QUOTED)):
            for word in [part] if number % 2 else part.split():
                turned.setdefault(word.replace("_", " "), verb)
    return turned


SYNONYMS: dict[str, str] = _expand()
KINDS: dict[str, NodeKind] = {
    word: kind
    for kind, words in (
        (NodeKind.STATION, "station port harbour harbor dock docks quay spaceport"),
        (NodeKind.PLANET, "planet world surface ground"),
        (NodeKind.BELT, "belt asteroids asteroid rocks"),
        (NodeKind.NEBULA, "nebula cloud"),
        (NodeKind.WRECK, "wreck derelict hulk"),
        (NodeKind.ANOMALY, "anomaly"),
        (NodeKind.STAR, "star sun"),
        (NodeKind.GATE, "gate"),
    )
    for word in words.split()
}
NUMBERS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"], start=1
    )
}
FILLER = frozenset(
    {
        "a",
        "an",
        "the",
        "to",
        "at",
        "in",
        "on",
        "of",
        "for",
        "from",
        "with",
        "my",
        "our",
        "your",
        "their",
        "his",
    }
    | {
        "her",
        "its",
        "it",
        "them",
        "him",
        "us",
        "me",
        "i",
        "we",
        "you",
        "they",
        "and",
        "then",
        "please",
        "now",
    }
    | {
        "some",
        "all",
        "every",
        "this",
        "that",
        "up",
        "off",
        "out",
        "into",
        "onto",
        "over",
        "let",
        "lets",
        "let's",
    }
    | {"want", "would", "like", "try", "can", "could", "should", "will", "do", "captain", "crew", "ship"}
    | {"piece", "pieces", "unit", "units", "more"}
)
