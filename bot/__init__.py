"""What Discord sees: cogs, views, embeds, text, and the one place where all is put together (app.py)."""
