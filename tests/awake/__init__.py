"""The computer is kept awake while a ride runs: against a fake desktop and login service on a private bus."""
