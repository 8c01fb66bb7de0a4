"""An engine's HTTP server: `app` builds it over any implementation of the protocol, `running` runs it."""
