"""Charts of a channel's history: drawn with matplotlib's Agg in one worker thread, never on the event loop.

`models` says what a chart shows, `words` puts it in words, `trend` and `bars` draw, `studio` is the way in.
Only `studio`'s thread imports matplotlib: it costs a second, once, when the first chart is asked for.
"""
