"""Errors of the pure core; the models translate them for the user."""


class CoreError(Exception):
    """Base of every error raised by the pure core."""
