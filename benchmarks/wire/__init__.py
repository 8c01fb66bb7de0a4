"""A Discord on loopback for real bot processes: REST and gateway over sockets, simcord's backend behind them.

`world.LoopbackDiscord` is the whole of it, `process.BotProcess` the bot that logs in, `player.Player` who
plays. Used by the tests of processes and by `benchmarks faults`.
"""
