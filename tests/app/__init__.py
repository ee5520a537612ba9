"""The application: the ride as it runs."""
