"""The screens: the ride as it goes, its summary, and the short questions between them."""
