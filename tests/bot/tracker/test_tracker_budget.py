"""A channel's budget: counted by us, corrected by Discord's headers."""

import aiohttp
from aiohttp import web

from bot.tracker.budget import ChannelBudgets


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(budgets: ChannelBudgets, channel: int = 1, *, edits: bool = False) -> int:
    """Take until it refuses; give how many it was."""
    count = 0
    while count < 100 and budgets.take(channel, edits=edits):
        count += 1
    return count


def test_one_call_of_a_window_is_left_for_the_game():
    time = Time()
    budgets = ChannelBudgets(time)
    assert taken(budgets) == 4
    time.now += 4.9
    assert taken(budgets) == 0
    time.now += 0.2
    assert taken(budgets) == 4


def test_channels_and_kinds_have_budgets_of_their_own():
    budgets = ChannelBudgets(Time())
    assert (taken(budgets), taken(budgets, 2), taken(budgets, edits=True)) == (4, 4, 4)


def headers(limit: int, left: int, after: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset-After": str(after),
    }


def test_headers_are_believed():
    time = Time()
    budgets = ChannelBudgets(time)
    budgets.learn("PATCH", "/api/v10/channels/1/messages/77", headers(3, 1, 20.0))
    assert taken(budgets, edits=True) == 0
    assert taken(budgets) == 4
    time.now += 20
    assert taken(budgets, edits=True) == 2
    budgets.learn("POST", "/api/v10/channels/1/messages", headers(10, 8, 1.0))
    assert taken(budgets) == 7


def test_a_limit_of_one_still_lets_one_through():
    time = Time()
    budgets = ChannelBudgets(time)
    budgets.learn("POST", "/api/v10/channels/1/messages", headers(1, 0, 5.0))
    assert taken(budgets) == 0
    time.now += 5
    assert taken(budgets) == 1


def test_what_says_nothing_about_messages_changes_nothing():
    budgets = ChannelBudgets(Time())
    for method, path in [
        ("GET", "/api/v10/channels/1/messages"),
        ("POST", "/api/v10/channels/1/typing"),
        ("POST", "/api/v10/channels/1/messages/5/crosspost"),
        ("POST", "/api/v10/webhooks/1/x/messages"),
    ]:
        budgets.learn(method, path, headers(1, 0, 50.0))
    budgets.learn("POST", "/api/v10/channels/1/messages", {"X-RateLimit-Limit": "many"})
    assert taken(budgets) == 4


async def test_the_trace_hears_the_headers_of_real_answers():
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({}, headers=headers(2, 0, 30.0))

    app = web.Application()
    app.router.add_post("/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    budgets = ChannelBudgets(Time())
    async with aiohttp.ClientSession(trace_configs=[budgets.trace()]) as session:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10/channels/9/messages"
        async with session.post(url) as response:
            assert response.status == 200
    await runner.cleanup()
    assert taken(budgets, 9) == 0
