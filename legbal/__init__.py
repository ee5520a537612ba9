"""legbal: a live companion for cyclists who watch their left/right leg balance."""

__version__ = "0.2.0"
