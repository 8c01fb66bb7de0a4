"""What every process of ours shows of itself: metrics, the loop's lag, readiness, log lines.

The bot, the worker and the engine's server use it; it knows none of them, no store and no transport.
"""
