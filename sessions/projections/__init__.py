"""Projections: everything that follows from the journal and can be done again, and how far each has come.

`projector` keeps the cursors, `repeating` does what is missing, `track` and `standing` are their arithmetic;
the other modules are the projections themselves. A projection changes nothing of the game. Never Discord.
"""
