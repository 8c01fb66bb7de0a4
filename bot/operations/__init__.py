"""What a supervisor and Prometheus see of a bot or worker. It serves no player and changes nothing."""
