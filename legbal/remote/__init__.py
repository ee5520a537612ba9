"""What do others ride? One rider followed from elsewhere, or many at once, as a broker tells it."""
