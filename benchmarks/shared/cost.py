"""What a piece of work takes, by the clock and of the processor."""

import os
import time
from pathlib import Path


def read_processor(pid):
    """Return the seconds of the processor that a process had until now."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


class Cost:
    """Counts the clock, the processor of Odoo and that of its PostgreSQL backend.

    Work that the backend gives to parallel processes is on the clock only.
    """

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.invalidate_all()
        self.start = self.look()
        return self

    def __exit__(self, *_error):
        self.env.cr.commit()
        self.clock, self.odoo, self.database, self.statements = (
            after - before
            for before, after in zip(self.start, self.look(), strict=True)
        )

    def look(self):
        return (
            time.perf_counter(),
            time.process_time(),
            read_processor(self.env.cr._cnx.info.backend_pid),
            self.env.cr.sql_log_count,
        )

    def __str__(self):
        return (
            f"{self.clock:.3f} s, processor {self.odoo:.3f} s of Odoo and"
            f" {self.database:.3f} s of the database, {self.statements} statements,"
            f" load {os.getloadavg()[0]:.1f}"
        )
