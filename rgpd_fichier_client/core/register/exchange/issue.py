"""What is wrong in a file: the whole of it, or one cell."""

from dataclasses import dataclass

from ...errors import CoreError


class ExchangeError(CoreError):
    """The file cannot be read at all; ``code`` says why, ``values`` the details."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Issue:
    """One thing that is not taken over, and the place where it stands.

    :param code: reason code; the model owns its words
    :param sheet: name of the sheet of the workbook, or the path in a JSON file
    :param cell: for instance ``B12``; empty when the whole sheet is meant
    :param value: what stands there, shortened
    :param is_error: whether a whole register sheet is left out because of it
    """

    code: str
    sheet: str = ""
    cell: str = ""
    value: str = ""
    is_error: bool = False
