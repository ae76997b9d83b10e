import os
import re

from ..common import RgpdCase


class TestInstall(RgpdCase):
    def test_installation_log_has_no_warning(self):
        path = os.environ.get("RGPD_INSTALL_LOG")
        if not path:
            self.skipTest("the log of the installation is known to ./dev test only")
        problem = re.compile(r" (WARNING|ERROR|CRITICAL) ")
        with open(path, encoding="utf-8") as log:
            found = [line for line in log if problem.search(line)]
        self.assertFalse(found, "".join(found))
