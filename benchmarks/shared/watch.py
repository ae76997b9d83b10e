"""What PostgreSQL does for a database meanwhile, looked at many times a second."""

import threading
import time
from collections import Counter
from contextlib import suppress

from .cost import read_processor

PERIOD = 0.05


class Watch(threading.Thread):
    """Counts the processor of the backends of a database, and what they work on.

    :ivar seconds: processor time of all backends, but for the last instants of each
    :ivar statements: ``{beginning of a statement: seconds it was seen at work}``
    """

    def __init__(self, database):
        super().__init__(daemon=True)
        self.database = database
        self.statements = Counter()
        self.processor = {}
        self.ended = threading.Event()

    @property
    def seconds(self):
        return sum(self.processor.values())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.ended.set()
        self.join()

    def run(self):
        from odoo.sql_db import db_connect

        before = time.perf_counter()
        with db_connect("postgres").cursor() as cr:
            while not self.ended.wait(PERIOD):
                cr.execute(
                    """SELECT pid, state,
                              left(regexp_replace(query, '\\s+', ' ', 'g'), 90)
                         FROM pg_stat_activity WHERE datname = %s""",
                    (self.database,),
                )
                rows = cr.fetchall()
                cr.rollback()  # the next look is not that of before
                now = time.perf_counter()
                for pid, state, statement in rows:
                    with suppress(OSError):
                        self.processor[pid] = read_processor(pid)
                    if state == "active":
                        self.statements[statement] += now - before
                before = now
