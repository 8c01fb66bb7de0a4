"""A feed's memory: who gets which message, and what is due."""

from msgspec.structs import replace

from engine_client.feeds.models import Listing
from sessions.tracker.content import BOARD
from sessions.tracker.desk import GIVEN_UP, MAX_CARDS, Desk
from sessions.tracker.drafts import draft
from sessions.tracker.models import Board, Card, Condition, FeedInfo, Phase, PostRow, WorkKind
from sessions.tracker.restoring import from_rows, restored_state, to_row
from tests.sessions.tracker.helpers import STEP, T0, answer, listing, subscription

FEED = FeedInfo("feed", "Test", 60.0)


class Table:
    """A desk, its subscriptions and the time."""

    def __init__(self, *subscriptions) -> None:
        self.desk = Desk(FEED)
        self.desk.subscribe(subscriptions or [subscription()])
        self.seq = 0

    @property
    def now(self) -> float:
        return T0 + self.seq * STEP

    def sees(self, *listings: Listing, complete: bool = True) -> tuple[PostRow, ...]:
        self.seq += 1
        made = draft(self.desk, answer(self.seq, *listings, complete=complete), self.now)
        self.desk.accept(made)
        return made.posts

    def sends_all(self) -> list[tuple[WorkKind, str]]:
        """Deliver what is due; give what it was."""
        done = []
        due = list(self.desk.due(self.now))
        due.sort(key=lambda one: (one[0], self.desk.posts[one[1]].created_at, one[1]))
        for kind, place in due:
            work = self.desk.work(place)
            assert work is not None
            message = work.post.message_id or 1000 + len(self.desk.posts)
            self.desk.put(replace(work.post, message_id=message, posted_at=self.now, shown=work.token))
            done.append((kind, place[1] if place[1] == BOARD else work.content.followed.listing.id))
        return done


def test_one_answer_serves_every_subscription_that_means_it():
    table = Table(subscription(1), subscription(2, filter="map:moon"), subscription(3, paused=True))
    posts = table.sees(listing("a"), listing("b", map="moon"))
    assert sorted((post.subscription_id, post.message_id) for post in posts) == [(1, 0), (1, 0), (2, 0)]
    assert table.sends_all() == [(WorkKind.POST, "a"), (WorkKind.POST, "b"), (WorkKind.POST, "b")]


def test_nothing_is_due_when_nothing_changed():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    for _ in range(5):
        table.sees(listing("a"))
        assert table.sends_all() == []


def test_posts_then_ends_then_edits_and_then_peace():
    table = Table()
    table.sees(listing("a"), listing("b"))
    table.sends_all()
    table.sees(listing("a", ended=True), listing("b", map="moon"), listing("c"))
    assert table.sends_all() == [(WorkKind.POST, "c"), (WorkKind.END, "a"), (WorkKind.EDIT, "b")]
    assert table.sends_all() == []


def test_a_change_that_is_undone_before_it_is_shown_needs_nothing():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    table.sees(listing("a", map="moon"))
    table.sees(listing("a"))
    assert table.sends_all() == []


def test_what_ends_before_it_is_posted_is_never_posted():
    table = Table()
    table.sees(listing("a"))
    table.sees(listing("a", ended=True))
    assert table.sends_all() == []
    assert len(table.desk.finished(table.now)) == 1


def test_a_message_follows_its_session_even_when_the_filter_no_longer_means_it():
    table = Table(subscription(filter="players:>=2"))
    table.sees(listing("a", players=2))
    table.sends_all()
    table.sees(listing("a", players=1))
    assert table.sends_all() == [(WorkKind.EDIT, "a")]


def test_a_session_that_begins_to_match_is_posted_then_with_a_ping():
    table = Table(subscription(filter="players:>=4", role_id=7))
    table.sees(listing("a", players=2))
    assert table.sends_all() == []
    assert [post.pings for post in table.sees(listing("a", players=4))] == [True]
    assert table.sends_all() == [(WorkKind.POST, "a")]


def test_only_news_pings_and_only_once_for_one_answer():
    table = Table(subscription(role_id=7, primed=False))
    assert [post.pings for post in table.sees(listing("a"), listing("b"))] == [False, False]
    assert [post.pings for post in table.sees(*map(listing, "abcd"))] == [True, False]


def test_a_new_subscription_gets_what_is_there_without_pings_and_without_a_request():
    table = Table()
    table.sees(listing("a"), listing("b"))
    table.sends_all()
    table.desk.subscribe([subscription(1), subscription(2, role_id=7, primed=False)])
    assert table.desk.waiting
    made = draft(table.desk, None, table.now)
    table.desk.accept(made)
    assert [(post.subscription_id, post.pings) for post in made.posts] == [(2, False), (2, False)]
    assert made.primed == (2,)
    assert not table.desk.waiting
    assert len(table.sends_all()) == 2
    assert [post.pings for post in table.sees(*map(listing, "abc")) if post.subscription_id == 2] == [True]


def test_a_server_sees_only_its_own_games():
    table = Table(subscription(1, guild_id=10), subscription(2, guild_id=20))
    posts = table.sees(listing("a", scope="10"), listing("b", scope="20"), listing("c"))
    keys = {one.listing.id: one.key for one in table.desk.state.followed.values()}
    assert {(post.subscription_id, post.key) for post in posts} == {
        (1, keys["a"]),
        (1, keys["c"]),
        (2, keys["b"]),
        (2, keys["c"]),
    }


def test_a_flood_is_held_to_the_busiest_and_goes_on_as_they_end():
    table = Table()
    crowd = [listing(f"s{n:03}", players=n) for n in range(MAX_CARDS + 10)]
    table.sees(*crowd)
    sent = [name for _, name in table.sends_all()]
    assert len(sent) == MAX_CARDS
    assert "s000" not in sent
    assert table.desk.is_full(1)
    crowd[-1] = replace(crowd[-1], ended=True)
    table.sees(*crowd)
    table.sends_all()
    table.sees(*crowd)
    assert table.sends_all() == [(WorkKind.POST, "s009")]


def test_pausing_says_so_and_going_on_brings_back_what_is_true():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    table.desk.subscribe([subscription(paused=True)])
    assert not table.desk.active
    assert table.sends_all() == [(WorkKind.EDIT, "a")]
    table.desk.subscribe([subscription()])
    assert table.sends_all() == [(WorkKind.EDIT, "a")]


def test_removing_closes_the_messages_and_then_forgets_everything():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    table.desk.subscribe([subscription(removed_at=T0)])
    assert table.desk.finished(table.now) == []
    assert table.desk.emptied(table.now) == []
    assert table.sends_all() == [(WorkKind.END, "a")]
    for place in table.desk.finished(table.now):
        table.desk.drop(place)
    assert table.desk.posts == {}
    assert table.desk.emptied(table.now) == [1]


def test_a_removal_that_cannot_be_shown_is_given_up_after_a_day():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    table.desk.subscribe([subscription(removed_at=T0)])
    assert table.desk.emptied(T0 + GIVEN_UP) == []
    assert table.desk.emptied(T0 + GIVEN_UP + 1) == [1]


def test_an_ended_message_is_kept_while_its_session_may_come_back():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    table.sees(listing("a", ended=True))
    assert table.desk.finished(table.now + 601) == [], "its end is not shown yet"
    table.sends_all()
    assert table.desk.finished(table.now + 600) == []
    assert len(table.desk.finished(table.now + 601)) == 1


def test_a_muted_message_is_left_alone_for_good():
    table = Table()
    table.sees(listing("a"))
    table.sends_all()
    (place,) = table.desk.posts
    table.desk.put(replace(table.desk.posts[place], muted=True))
    table.sees(listing("a", map="moon"))
    assert table.sends_all() == []


def board_of(table: Table) -> Board:
    work = table.desk.work((1, BOARD))
    assert work is not None
    assert isinstance(work.content, Board)
    return work.content


def test_a_board_is_one_message_for_the_whole_feed():
    table = Table(subscription(style="board", filter="-map:moon"))
    table.sees(listing("a", players=1), listing("b", players=5), listing("c", map="moon"))
    assert [one.listing.id for one in board_of(table).rows] == ["b", "a"]
    assert table.sends_all() == [(WorkKind.POST, BOARD)]
    table.sees(listing("a", players=1), listing("b", players=5), listing("c", map="moon", players=9))
    assert table.sends_all() == [], "a change that the board does not show is no edit"
    table.sees(listing("a", players=2), listing("b", players=5))
    assert table.sends_all() == [(WorkKind.EDIT, BOARD)]


def test_a_board_counts_what_it_has_no_room_for():
    table = Table(subscription(style="board"))
    table.sees(*(listing(f"s{n:02}", players=n) for n in range(50)))
    board = board_of(table)
    assert (len(board.rows), board.total) == (20, 50)


def test_a_board_of_an_empty_list_is_still_a_board():
    table = Table(subscription(style="board"))
    table.sees()
    assert table.sends_all() == [(WorkKind.POST, BOARD)]


def test_after_a_start_a_board_waits_for_a_complete_answer():
    table = Table(subscription(style="board"))
    table.sees(listing("a"), listing("b"))
    table.sends_all()
    later = Table(subscription(style="board"))
    later.desk.restore(later.desk.state, [], table.desk.posts.values())
    later.seq = table.seq
    assert later.sends_all() == []
    later.sees(listing("a"), complete=False)
    assert later.sends_all() == []
    later.sees()
    assert later.sends_all() == [(WorkKind.EDIT, BOARD)]
    assert later.desk.posts[1, BOARD].message_id == table.desk.posts[1, BOARD].message_id


def test_after_a_restart_messages_are_as_they_were():
    table = Table()
    table.sees(listing("a"), listing("b"))
    table.sends_all()
    table.sees(listing("a", map="moon"), listing("b"))
    stored = from_rows(to_row("feed", one) for one in table.desk.followed.values())
    again = Table()
    again.desk.restore(restored_state(stored, None, 60.0, T0), stored, table.desk.posts.values())
    again.seq = table.seq
    assert again.sends_all() == [(WorkKind.EDIT, "a")], "what was not shown before the restart is shown now"
    again.sees(listing("a", map="moon"), listing("b"))
    assert again.sends_all() == []


def test_a_message_without_an_id_may_be_there_after_a_restart():
    table = Table()
    table.sees(listing("a"))
    stored = list(table.desk.followed.values())
    again = Table()
    again.desk.restore(restored_state(stored, None, 60.0, T0), stored, table.desk.posts.values())
    ((_, place),) = again.desk.due(T0)
    work = again.desk.work(place)
    assert work is not None
    assert work.unsure
    again.seq = table.seq
    again.sees(listing("a", ended=True))
    work = again.desk.work(place)
    assert work is not None, "even an ended session's message has to be looked for"
    assert isinstance(work.content, Card)
    assert work.content.condition is Condition.ENDED
    again.desk.unsure.discard(place)
    assert again.desk.work(place) is None


def test_of_two_stored_listings_with_one_id_the_living_one_goes_on():
    table = Table()
    table.sees(listing("a"))
    old = next(iter(table.desk.followed.values()))
    ended = replace(old, key="k1", phase=Phase.ENDED, first_seen=T0 + 99)
    assert restored_state([old, ended], None, 60.0, T0).followed["a"] is old
    assert restored_state([ended, old], None, 60.0, T0).followed["a"] is old


def test_what_was_read_before_we_wrote_does_not_undo_it():
    table = Table(subscription(primed=False))
    table.sees(listing("a"))
    table.desk.subscriptions[1] = replace(table.desk.subscriptions[1], thread_id=55)
    table.desk.subscribe([subscription(primed=False, thread_id=0)])
    assert table.desk.subscriptions[1].primed
    assert table.desk.subscriptions[1].thread_id == 55


def test_a_message_that_must_wait_is_not_due():
    table = Table()
    table.sees(listing("a"))
    (place,) = table.desk.posts
    table.desk.later[place] = table.now + 5
    assert list(table.desk.due(table.now)) == []
    assert [one for _, one in table.desk.due(table.now + 5)] == [place]
