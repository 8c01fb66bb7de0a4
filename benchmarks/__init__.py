"""Every claim about speed, each beside a peer or a floor in the same run. Never imported by the bot."""
