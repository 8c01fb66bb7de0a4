"""What is kept: SQL (SQLite or PostgreSQL) and files. It knows nothing of games, sessions or Discord.

Text, bytes and numbers go in and come out; what they mean is their owner's business.
"""
