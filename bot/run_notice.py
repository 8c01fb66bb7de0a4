"""The notification of a completed run: its variables, its template, and the check of a server's own one.

The template is bot.text.RUN_NOTICE or a server's; both name variables in braces and nothing else. No REST
call here.
"""

import string
from collections.abc import Mapping
from difflib import get_close_matches

from bot import clean, limits, text
from sessions.runs.accounting import TOP, top_drops
from sessions.runs.errors import BadTemplate
from sessions.runs.models import Brief, Drop, Run
from sessions.runs.reports import after

MOST = 600  # characters of a template
NOTHING = "—"

_MAP = {
    "name": "where it was",
    "region": "the region it was in",
    "level": "how dangerous it is there",
    "runtime_fmt": "how long it took, pauses left out",
    "value_fmt": "what it brought",
    "value_per_hour_fmt": "its value per hour",
}
_DROP = {"name": "the item", "quantity": "how many", "value_fmt": "what they are worth"}
_SESSION = {
    "maps_completed": "completed runs of the voyage, this one included",
    "value_fmt": "what they brought together",
    "runtime_fmt": "how long they took together",
    "value_per_hour_fmt": "their value per hour",
    "value_per_hour_before_fmt": "their value per hour before this run: what it is compared with",
}
_BRIEF = ("name", "level", "runtime_fmt", "value_fmt", "value_per_hour_fmt")

VARIABLES: Mapping[str, str] = {
    **{f"map_{name}": f"this run: {meaning}" for name, meaning in _MAP.items()},
    **{
        f"map_drop_{number}_{name}": f"drop {number} by value: {meaning}"
        for number in range(1, TOP + 1)
        for name, meaning in _DROP.items()
    },
    **{f"session_{name}": meaning for name, meaning in _SESSION.items()},
    **{f"last_map_{name}": f"the run before this one: {_MAP[name]}" for name in _BRIEF},
    **{f"best_map_{name}": f"the voyage's best run so far: {_MAP[name]}" for name in _BRIEF},
}


class RunNotice:
    """The notification of one run. It compares with a baseline that must be set before it is written."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._baseline: float | None = None
        self._compared = False

    def set_comparison_baseline(self, value_per_hour: float | None) -> None:
        """Say what the run is compared with: the rate of the runs before it, None where it is the first."""
        self._baseline = value_per_hour
        self._compared = True

    def write(self, template: str) -> str:
        """Fill a checked template. Raises ValueError when no baseline was set."""
        return limits.shorten(template.format_map(self.variables()), limits.CONTENT)

    def variables(self) -> dict[str, str]:
        """Give every variable's text. Raises ValueError when no baseline was set."""
        if not self._compared:
            raise ValueError("a run is compared with the average before it: set the baseline first")
        run, now = self._run, after(self._run)
        best = run.brief if run.best is None or run.value > run.best.value else run.best
        return {
            "map_region": _name(run.spot.region),
            **_brief("map", run.brief),
            **_drops(top_drops(run.drops)),
            "session_maps_completed": str(now.maps_completed),
            "session_value_fmt": value(now.total_value),
            "session_runtime_fmt": runtime(now.runtime_seconds),
            "session_value_per_hour_fmt": rate(now.value_per_hour),
            "session_value_per_hour_before_fmt": rate(self._baseline),
            **_brief("last_map", run.previous),
            **_brief("best_map", best),
        }


def notice_of(run: Run, template: str | None) -> str:
    """Write the notification of a run, compared with the average before it."""
    notice = RunNotice(run)
    notice.set_comparison_baseline(run.before.value_per_hour)
    return notice.write(template or text.RUN_NOTICE)


def check_template(template: str) -> str:
    """Give a server's template back if it can be used. Raises BadTemplate, whose text says what is wrong."""
    template = template.replace("\r\n", "\n").strip()
    if not template:
        raise BadTemplate("The template is empty.")
    if len(template) > MOST:
        raise BadTemplate(f"The template has {len(template)} characters, at most {MOST} fit.")
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        raise BadTemplate(
            "A brace stands alone in the template. Variables are written `{map_name}`, a brace itself `{{`."
        ) from None
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in VARIABLES:
            raise BadTemplate(_unknown(name))
        if form or conversion:
            raise BadTemplate(f"Write `{{{name}}}` alone: `:` and `!` have no meaning here.")
    return template


def value(amount: float) -> str:
    """Write an amount of credits."""
    if abs(amount) < 0.05:
        return "0💰"  # never "-0.0"
    return f"{amount:.0f}💰" if amount == round(amount) or abs(amount) >= 1000 else f"{amount:.1f}💰"


def rate(per_hour: float | None) -> str:
    """Write a value per hour, "—" where there is none."""
    if per_hour is None:
        return NOTHING
    return f"{per_hour if abs(per_hour) > 0.5 else 0.0:.0f}💰/h"


def runtime(seconds: float) -> str:
    """Write a length: "4m32s", "2h05m", "17s"."""
    whole = round(seconds)
    minutes, left = divmod(whole, 60)
    if minutes >= 60:
        return f"{minutes // 60}h{minutes % 60:02}m"
    return f"{minutes}m{left:02}s" if minutes else f"{left}s"


def _name(name: str) -> str:
    return clean.for_discord(name, 80) or NOTHING


def _brief(prefix: str, brief: Brief | None) -> dict[str, str]:
    if brief is None:
        return {f"{prefix}_{name}": NOTHING for name in _BRIEF}
    return {
        f"{prefix}_name": _name(brief.node),
        f"{prefix}_level": str(brief.level) if brief.level else NOTHING,
        f"{prefix}_runtime_fmt": runtime(brief.seconds),
        f"{prefix}_value_fmt": value(brief.value),
        f"{prefix}_value_per_hour_fmt": rate(brief.value_per_hour),
    }


def _drops(drops: tuple[Drop, ...]) -> dict[str, str]:
    filled: dict[str, str] = {}
    for number in range(1, TOP + 1):
        drop = drops[number - 1] if number <= len(drops) else None
        prefix = f"map_drop_{number}"
        filled[f"{prefix}_name"] = _name(drop.name) if drop is not None else NOTHING
        filled[f"{prefix}_quantity"] = str(drop.quantity) if drop is not None else NOTHING
        filled[f"{prefix}_value_fmt"] = value(drop.value) if drop is not None else NOTHING
    return filled


def _unknown(name: str) -> str:
    shown = clean.plain(name, 40).replace("`", "")
    near = get_close_matches(name, VARIABLES, n=1)
    hint = f" Did you mean `{{{near[0]}}}`?" if near else ""
    return f"There is no variable `{{{shown}}}`.{hint} There are: {variable_names()}."


def variable_names() -> str:
    """List the variables' names, those of the three drops as one."""
    numbered = f"map_drop_1_{next(iter(_DROP))}"
    names = [
        *(f"map_{name}" for name in _MAP),
        *(f"map_drop_N_{name}" for name in _DROP),
        *(f"session_{name}" for name in _SESSION),
        *(f"last_map_{name}" for name in _BRIEF),
        *(f"best_map_{name}" for name in _BRIEF),
    ]
    return f"{', '.join(f'`{name}`' for name in names)} (N is 1 to {TOP}, as in `{numbered}`)"
