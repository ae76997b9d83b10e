"""Errors of the pure core; the models translate them for the user."""


class CoreError(Exception):
    """Base of every error raised by the pure core."""


class PersonalDataError(CoreError, ValueError):
    """Evidence was about to hold personal data in clear; names the place only."""


class KeyFileError(CoreError):
    """The key file cannot be used; `code` says why, `use` which key if one."""

    def __init__(self, code, use=None):
        super().__init__(code)
        self.code = code
        self.use = use
