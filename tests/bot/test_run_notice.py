"""The notification of a run: its template, its variables, and what is refused."""

import msgspec
import pytest

from bot import limits, text
from bot.run_notice import VARIABLES, RunNotice, check_template, notice_of, rate, runtime, value
from sessions.runs.errors import BadTemplate
from sessions.runs.models import Brief, Drop, Run, RunState, SessionSnapshot, Spot, Why


def a_run(**changes: object) -> Run:
    """The run of the example: Grimhaven, level 80, 272 seconds, 67 credits."""
    run = Run(
        session_id="4711",
        voyage=1,
        n=3,
        part=0,
        state=RunState.COMPLETED,
        why=Why.LEFT,
        spot=Spot("rim", "The Rim", "grimhaven", "Grimhaven", 80),
        started_at=1000.0,
        ended_at=1272.0,
        seconds=272.0,
        before=SessionSnapshot(14, 10_958.0, 26_546.0, 740.0),
        value=67.0,
        drops=(Drop("ore", "Ore", 4, 60.0), Drop("gem", "Gem", 1, 7.0), Drop("fuel", "Fuel", -3, -9.0)),
        previous=Brief("Elsewhere", 2, 600.0, 50.0),
        best=Brief("Eden", 9, 100.0, 900.0),
    )
    return msgspec.structs.replace(run, **changes)


def test_the_common_text_reads_as_it_was_agreed() -> None:
    assert notice_of(a_run(), None) == (
        "🏁 Grimhaven ▷ 80 ◷ 4m32s ◉ 67💰\nRun: 887💰/h 🆚 Avg: 740💰/h\nSession: 15 ◉ 11025💰 ◷ 1480💰/h"
    )


def test_the_first_run_has_nothing_to_be_compared_with() -> None:
    run = a_run(before=SessionSnapshot(0, 0.0, 0.0, None), previous=None, best=None)
    assert "🆚 Avg: —" in notice_of(run, None)
    said = notice_of(run, "{last_map_name} {best_map_name} {best_map_value_fmt}")
    assert said == "— Grimhaven 67💰"


def test_a_run_without_runtime_has_no_rate() -> None:
    assert "Run: — 🆚 Avg: 740💰/h" in notice_of(a_run(seconds=0.0), None)


def test_the_baseline_must_be_set_first() -> None:
    notice = RunNotice(a_run())
    with pytest.raises(ValueError, match="baseline"):
        notice.write(text.RUN_NOTICE)
    notice.set_comparison_baseline(1206.0)
    assert "Avg: 1206💰/h" in notice.write(text.RUN_NOTICE)


def test_every_documented_variable_has_a_value_and_no_other() -> None:
    notice = RunNotice(a_run())
    notice.set_comparison_baseline(None)
    assert set(notice.variables()) == set(VARIABLES)
    everything = " ".join(f"{{{name}}}" for name in sorted(VARIABLES))
    assert "{" not in notice.write(everything)


def test_drops_before_and_best_runs_are_named() -> None:
    template = (
        "{map_drop_1_quantity} {map_drop_1_name}, {map_drop_2_name}, {map_drop_3_name}; {last_map_name}"
    )
    assert notice_of(a_run(), template) == "4 Ore, Gem, —; Elsewhere"
    assert notice_of(a_run(), "{best_map_name} {best_map_runtime_fmt}") == "Eden 1m40s"
    assert notice_of(a_run(value=900.5), "{best_map_name}") == "Grimhaven"
    assert notice_of(a_run(value=900.0), "{best_map_name}") == "Eden"


def test_names_from_an_engine_neither_ping_nor_format() -> None:
    spot = Spot("r", "R", "n", "**@everyone** {level} <@1>", 1)
    said = notice_of(a_run(spot=spot), "{map_name}")
    assert "@everyone" not in said
    assert "{level}" in said
    assert "\\*\\*" in said


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("", "is empty"),
        ("  \n ", "is empty"),
        ("x" * 601, "601 characters"),
        ("{map_nam}", "Did you mean `{map_name}`"),
        ("{map_nam}", "There are: `map_name`, `map_region`"),
        ("{}", "no variable"),
        ("{0}", "no variable"),
        ("{map_name.__class__}", "no variable"),
        ("{map_name[0]}", "no variable"),
        ("{map_name!r}", "alone"),
        ("{map_name:>9999}", "alone"),
        ("{map_name:{map_level}}", "alone"),
        ("{map_name", "brace"),
        ("}", "brace"),
    ],
)
def test_a_template_that_cannot_work_is_refused(template: str, said: str) -> None:
    with pytest.raises(BadTemplate, match=said):
        check_template(template)


def test_a_good_template_is_taken_as_it_is() -> None:
    assert check_template("  {{{map_name}}}\r\nno variable at all ") == "{{{map_name}}}\nno variable at all"
    assert notice_of(a_run(), "{{{map_name}}}") == "{Grimhaven}"


def test_no_template_makes_a_message_too_long() -> None:
    spot = Spot("r", "R", "n", "N" * 500, 1)
    template = check_template("{map_name}" * 60)
    assert len(notice_of(a_run(spot=spot), template)) <= limits.CONTENT


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0s"), (17.4, "17s"), (272, "4m32s"), (59.6, "1m00s"), (3600, "1h00m"), (7530, "2h05m")],
)
def test_lengths(seconds: float, said: str) -> None:
    assert runtime(seconds) == said


def test_amounts_and_rates() -> None:
    assert [value(v) for v in (67.0, 100.5, -3.25, 11025.0, 1234.5)] == [
        "67💰", "100.5💰", "-3.2💰", "11025💰", "1234💰",
    ]  # fmt: skip
    assert [rate(v) for v in (None, 0.0, 1556.07)] == ["—", "0💰/h", "1556💰/h"]
    assert [value(v) for v in (-0.04, -0.0)] == ["0💰", "0💰"]
    assert [rate(v) for v in (-0.3, -0.0, -0.6)] == ["0💰/h", "0💰/h", "-1💰/h"]
