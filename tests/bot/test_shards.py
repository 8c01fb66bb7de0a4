"""Which shards a process has: the two settings' texts, and Discord's formula."""

import pytest

from bot.shards import DIRECT_MESSAGES, Shards, parse_ids

GUILD = 1_099_511_627_776_000_123


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", set()),
        ("  ", set()),
        ("0", {0}),
        ("0,2", {0, 2}),
        (" 0 , 2 ", {0, 2}),
        ("0-3", {0, 1, 2, 3}),
        ("0-1,4,6-6", {0, 1, 4, 6}),
    ],
)
def test_ids_are_numbers_and_ranges(text: str, ids: set[int]) -> None:
    assert parse_ids(text) == ids


@pytest.mark.parametrize(
    "text", ["a", "0,", ",", "-1", "1-", "3-1", "0 1", "0;1", "1.5", "0-99999", "9999999", "0--3"]
)
def test_other_texts_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"shard ids are|the range"):
        parse_ids(text)


def test_no_ids_are_all_ids() -> None:
    assert Shards.parse(3, "").ids == {0, 1, 2}


@pytest.mark.parametrize(("count", "ids"), [(2, "2"), (1, "0-1"), (0, ""), (-1, ""), (20_000, "")])
def test_ids_beyond_the_count_are_refused(count: int, ids: str) -> None:
    with pytest.raises(ValueError, match="shards"):
        Shards.parse(count, ids)


def test_a_server_belongs_to_exactly_one_shard() -> None:
    halves = [Shards.parse(2, "0"), Shards.parse(2, "1")]
    for step in range(16):
        guild = GUILD + (step << 22)
        assert halves[0].of(guild) == (guild >> 22) % 2
        assert [half.mine(guild) for half in halves].count(True) == 1


def test_direct_messages_belong_to_shard_0() -> None:
    assert Shards.parse(4, "0").mine(DIRECT_MESSAGES)
    assert not Shards.parse(4, "1-3").mine(DIRECT_MESSAGES)
