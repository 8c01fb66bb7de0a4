"""The tracker's decision, rule by rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_client.feeds.models import SessionState
from sessions.tracker.models import Edit, End, FeedState, Phase, Post, Rules
from sessions.tracker.reconcile import reconcile
from tests.sessions.tracker.helpers import STEP, T0, Course, answer, listing, told


def started(*ids: str, **rules) -> Course:
    """Give a course whose first answer had these ids."""
    course = Course(**rules)
    course.sees_ids(ids)
    return course


def test_the_first_answer_posts_without_news_and_the_next_one_with():
    course = Course()
    first = course.sees(listing("a"))
    second = course.sees(listing("a"), listing("b"))
    assert [(type(one), one.news) for one in first + second] == [(Post, False), (Post, True)]
    assert told(first + second) == ["post a", "post b"]


def test_an_incomplete_first_answer_posts_but_what_follows_is_no_news_yet():
    course = Course()
    assert [one.news for one in course.sees(listing("a"), complete=False)] == [False]
    assert [one.news for one in course.sees(listing("a"), listing("b"))] == [False]
    assert [one.news for one in course.sees(listing("a"), listing("b"), listing("c"))] == [True]


def test_nothing_changed_nothing_to_do():
    course = started("a", "b")
    before = course.state.followed
    assert course.sees_ids("ab") == []
    assert all(course.state.followed[one] is before[one] for one in "ab")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"players": 3},
        {"max": 5},
        {"names": ("Ada",)},
        {"map": "moon"},
        {"mode": "race"},
        {"state": SessionState.POSTGAME},
        {"host": "Zoe"},
        {"mod": "x"},
        {"mod_url": "https://x.example"},
        {"password": True},
        {"locked": True},
        {"version": "2"},
        {"join": "https://x.example"},
    ],
)
def test_a_visible_change_is_one_edit(change):
    course = started("a")
    assert told(course.sees(listing("a", **change))) == ["edit a"]
    assert course.sees(listing("a", **change)) == []


def test_a_volatile_change_is_no_edit_but_is_remembered():
    course = started("a", volatile=frozenset({"version", "players"}))
    assert course.sees(listing("a", version="2", players=4)) == []
    assert course.state.followed["a"].listing.players == 4
    assert told(course.sees(listing("a", version="3", map="moon"))) == ["edit a"]


def test_a_change_of_what_nobody_sees_is_no_edit():
    course = started("a")
    assert course.sees(listing("a", scope="5")) == []


@pytest.mark.parametrize("absences", [1, 2])
def test_one_or_two_absences_end_nothing(absences):
    course = started("a", "b", "c")
    for _ in range(absences):
        assert course.sees_ids("bc") == []
    assert course.state.followed["a"].phase is Phase.MISSING
    assert course.state.followed["a"].misses == absences
    assert course.sees_ids("abc") == []
    assert course.state.followed["a"].phase is Phase.LIVE


def test_three_absences_end_a_listing():
    course = started("a", "b", "c")
    assert [told(course.sees_ids("bc")) for _ in range(4)] == [[], [], ["end a"], []]


def test_a_flapping_list_never_ends_anything():
    course = started("a", "b", "c")
    for _ in range(20):
        assert course.sees_ids("bc") == []
        assert course.sees_ids("bc") == []
        assert course.sees_ids("abc") == []


def test_more_than_half_at_once_take_five_absences():
    course = started("a", "b", "c")
    assert [told(course.sees_ids("c")) for _ in range(5)] == [[], [], [], [], ["end a", "end b"]]


def test_exactly_half_is_not_more_than_half():
    course = started("a", "b", "c", "d")
    assert [told(course.sees_ids("ab")) for _ in range(3)] == [[], [], ["end c", "end d"]]


def test_of_fewer_than_three_three_absences_are_enough():
    course = started("a", "b")
    assert [told(course.sees()) for _ in range(3)] == [[], [], ["end a", "end b"]]


def test_a_valid_empty_list_counts():
    course = started("a", "b", "c")
    assert [told(course.sees()) for _ in range(5)] == [[]] * 4 + [["end a", "end b", "end c"]]


def test_those_who_vanish_later_have_their_own_count():
    course = started("a", "b", "c", "d")
    assert course.sees_ids("bcd") == []
    assert course.sees_ids("bc") == []
    assert told(course.sees_ids("bc")) == ["end a"]
    assert told(course.sees_ids("bc")) == ["end d"]


@pytest.mark.parametrize("rows", ["", "c"])
def test_an_incomplete_answer_counts_no_absence_but_present_rows_still_are(rows):
    course = started("a", "b", "c")
    for _ in range(20):
        assert course.sees_ids(rows, complete=False) == []
    assert course.state.followed["a"].phase is Phase.LIVE
    assert told(course.sees(listing("c", map="moon"), listing("d"), complete=False)) == ["post d", "edit c"]


def test_an_incomplete_answer_between_absences_neither_counts_nor_forgives():
    course = started("a", "b", "c")
    course.sees_ids("bc")
    course.sees_ids("bc")
    course.sees_ids("bc", complete=False)
    assert course.state.followed["a"].misses == 2
    assert told(course.sees_ids("bc")) == ["end a"]


def test_the_same_snapshot_again_is_no_new_evidence():
    course = Course()
    course.sees(listing("a"), listing("b"), listing("c"), source_time=T0)
    for _ in range(10):
        assert course.sees(listing("b"), listing("c"), source_time=T0 + 30) == []
    assert course.state.followed["a"].misses == 1
    assert course.sees(listing("b"), listing("c"), source_time=T0 + 60) == []
    assert told(course.sees(listing("b"), listing("c"), source_time=T0 + 90)) == ["end a"]


def test_rows_older_than_ours_change_nothing():
    course = Course()
    course.sees(listing("a", map="new"), source_time=T0 + 60)
    assert course.sees(listing("a", map="old"), listing("z"), source_time=T0) == []
    assert course.state.followed["a"].listing.map == "new"


def test_a_late_older_answer_is_dropped():
    state, _ = reconcile(FeedState(), answer(5, listing("a")), T0)
    again, actions = reconcile(state, answer(4, listing("z")), T0 + 1)
    assert again is state
    assert actions == []


def test_a_listing_that_comes_back_soon_keeps_its_message():
    course = started("a", "b", "c")
    key = course.state.followed["a"].key
    for _ in range(3):
        course.sees_ids("bc")
    back = course.sees_ids("abc", after=600)
    assert [(type(one), one.reopened, one.followed.key) for one in back] == [(Edit, True, key)]
    assert course.state.followed["a"].first_seen == T0 + STEP
    assert course.sees_ids("abc") == []


def test_a_listing_that_comes_back_late_is_a_new_session():
    course = started("a", "b", "c")
    key = course.state.followed["a"].key
    for _ in range(3):
        course.sees_ids("bc")
    back = course.sees_ids("abc", after=601)
    assert told(back) == ["post a"]
    assert back[0].followed.key != key
    assert back[0].followed.first_seen == course.now


def test_an_ended_listing_is_forgotten_after_the_window():
    course = started("a", "b", "c")
    for _ in range(3):
        course.sees_ids("bc")
    assert course.state.followed["a"].phase is Phase.ENDED
    course.sees_ids("bc", after=601)
    assert "a" not in course.state.followed


def test_host_migration_keeps_the_message():
    course = started("a", "b", "c")
    key = course.state.followed["a"].key
    moved = listing("z", name="game a", names=("Guest of a", "Zoe"), host="Zoe", players=2)
    actions = course.sees(listing("b"), listing("c"), moved)
    assert [(type(one), one.followed.key) for one in actions] == [(Edit, key)]
    assert "a" not in course.state.followed
    assert course.state.followed["z"].first_seen == T0 + STEP
    assert told(course.sees(listing("b"), listing("c"), moved)) == []


def test_host_migration_without_a_visible_change_is_not_even_an_edit():
    course = started("a", "b", "c")
    assert (
        course.sees(listing("b"), listing("c"), listing("z", name="game a", names=listing("a").names)) == []
    )


@pytest.mark.parametrize("missed", [1, 2])
def test_host_migration_may_take_a_moment(missed):
    course = started("a", "b", "c")
    for _ in range(missed):
        course.sees_ids("bc")
    moved = listing("z", name="game a", names=("Ada",))
    assert told(course.sees(listing("b"), listing("c"), moved)) == ["edit z"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "another"},
        {"state": SessionState.PREGAME},
        {"names": ("Nobody",)},
        {"names": ()},
        {"name": ""},
    ],
)
def test_what_only_looks_like_a_host_migration_is_a_new_session(change):
    course = started("a", "b", "c")
    other = listing("z", **({"name": "game a", "names": ("Ada",)} | change))
    assert told(course.sees(listing("b"), listing("c"), other)) == ["post z"]
    assert course.state.followed["a"].phase is Phase.MISSING


def test_two_sessions_with_the_same_name_and_player_both_live():
    course = started("a", "b", "c")
    twin = listing("z", name="game a", names=("Ada",))
    assert told(course.sees(listing("a"), listing("b"), listing("c"), twin)) == ["post z"]


def test_the_most_shared_players_decide_a_host_migration():
    course = Course()
    course.sees(
        listing("a", name="mpi", names=("Ada", "Bo")),
        listing("b", name="mpi", names=("Ada", "Bo", "Cy")),
        listing("c"),
        listing("d"),
        listing("e"),
    )
    key = course.state.followed["b"].key
    rest = [listing("c"), listing("d"), listing("e")]
    course.sees(*rest, listing("z", name="mpi", names=("Ada", "Bo", "Cy")))
    assert course.state.followed["z"].key == key
    assert course.state.followed["a"].phase is Phase.MISSING


def test_the_same_id_in_a_new_round_is_an_edit():
    course = started("a")
    lobby = listing("a", state=SessionState.PREGAME)
    assert told(course.sees(lobby)) == ["edit a"]


@pytest.mark.parametrize("state", [SessionState.INGAME, SessionState.POSTGAME])
def test_with_split_rounds_a_new_round_is_an_end_and_a_post(state):
    course = Course(split_rounds=True)
    course.sees(listing("a", state=state))
    key = course.state.followed["a"].key
    actions = course.sees(listing("a", state=SessionState.PREGAME, map="moon"))
    assert told(actions) == ["post a", "end a"]
    post, end = actions
    assert end.followed.key == key
    assert end.followed.phase is Phase.ENDED
    assert end.followed.listing.map != "moon", "the end shows the round that ended"
    assert post.followed.key != key
    assert post.followed.listing.map == "moon"
    assert course.sees(listing("a", state=SessionState.PREGAME, map="moon")) == []


def test_split_rounds_leave_the_way_into_a_game_alone():
    course = Course(split_rounds=True)
    course.sees(listing("a", state=SessionState.PREGAME))
    assert told(course.sees(listing("a", state=SessionState.INGAME))) == ["edit a"]
    assert told(course.sees(listing("a", state=SessionState.POSTGAME))) == ["edit a"]


def test_a_list_that_says_so_ends_a_session_at_once():
    course = started("a", "b")
    assert told(course.sees(listing("a", ended=True), listing("b"))) == ["end a"]
    assert course.sees(listing("a", ended=True), listing("b")) == []


def test_what_was_over_before_we_saw_it_is_not_posted():
    course = Course()
    assert course.sees(listing("a", ended=True)) == []


def test_what_is_learned_after_the_end_is_shown_once_more():
    course = started("a")
    course.sees(listing("a", ended=True))
    actions = course.sees(listing("a", ended=True, link="https://x.example/tape"))
    assert told(actions) == ["end a"]
    assert actions[0].followed.ended_at == T0 + 2 * STEP
    assert course.sees(listing("a", ended=True, link="https://x.example/tape")) == []


def test_a_session_that_the_list_had_ended_can_come_back():
    course = started("a")
    course.sees(listing("a", ended=True))
    actions = course.sees(listing("a"))
    assert [(type(one), one.reopened) for one in actions] == [(Edit, True)]


def test_an_end_knows_how_long_it_was_seen():
    course = started("a", "b", "c")
    course.sees_ids("abc")
    for _ in range(2):
        course.sees_ids("bc")
    (end,) = course.sees_ids("bc")
    assert isinstance(end, End)
    assert end.followed.first_seen == T0 + STEP
    assert end.followed.last_seen == T0 + 2 * STEP
    assert end.followed.ended_at == course.now


def test_of_two_rows_with_one_id_the_first_counts():
    course = Course()
    assert told(course.sees(listing("a", map="one"), listing("a", map="two"))) == ["post a"]
    assert course.state.followed["a"].listing.map == "one"
    assert course.sees(listing("a", map="one"), listing("a", map="two")) == []


def test_posts_come_before_ends_before_edits():
    course = started("a", "b", "c")
    course.sees_ids("bc")
    course.sees_ids("bc")
    assert told(course.sees(listing("b", map="moon"), listing("c"), listing("d"))) == [
        "post d",
        "end a",
        "edit b",
    ]


def test_reconcile_changes_nothing_that_it_is_given():
    course = started("a", "b", "c")
    before = dict(course.state.followed)
    reconcile(course.state, answer(9, listing("z")), course.now + 1, Rules())
    assert course.state.followed == before


IDS = st.lists(st.sampled_from("abcdef"), max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(IDS, st.booleans(), st.sampled_from([60.0, 700.0])), max_size=25))
def test_whatever_comes_messages_have_one_life(answers):
    """Each key is posted once, ends only while it lives, and no incomplete answer ends anything."""
    course = Course()
    lives: dict[str, str] = {}
    for ids, complete, after in answers:
        actions = course.sees_ids(ids, complete=complete, after=after)
        for action in actions:
            key = action.followed.key
            if isinstance(action, Post):
                assert key not in lives
                lives[key] = "live"
            elif isinstance(action, End):
                assert complete
                assert lives[key] == "live"
                lives[key] = "ended"
            else:
                assert lives[key] == ("ended" if action.reopened else "live")
                lives[key] = "live"
        assert {*ids} <= {*course.state.followed}
        assert course.sees_ids(ids, complete=False, after=0) == [], "the same rows again lead to nothing"
