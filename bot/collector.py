"""How often Python looks for reference cycles: seldom, and never through what stands from the start.

Content, modules and services are a few hundred thousand objects that live as long as the process. Looked
through again and again they cost a tenth of a turn's CPU, and a click waits for up to 0.2 s meanwhile.
"""

import gc

# New objects before the young are looked through (a few milliseconds), and how many of those looks there are
# before the older ones are, and before all are.
THRESHOLDS = (5_000, 20, 50)


def collect_seldom() -> None:
    """Set how often cycles are looked for, for the whole process."""
    gc.set_threshold(*THRESHOLDS)


def keep_what_stands() -> None:
    """Take everything that is alive now out of all later looks. Call it once, when the start is done."""
    gc.collect()
    gc.freeze()
