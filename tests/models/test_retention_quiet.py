"""What a night costs in which nobody is due, however large the file."""

from unittest.mock import patch

from .test_retention_night import RealNightCase


class TestQuietNight(RealNightCase):
    def test_nobody_who_stays_is_counted_again(self):
        """The simulation, and the refresh of each night, looked at everybody anyway."""
        with self.real() as env:
            simulation = env["rgpd.simulation"].browse(self.simulation_id)
            expected = env["rgpd.reason"]._count_kept(simulation.company_id)
            self.assertTrue(expected)
            self.assertEqual(simulation.kept_count, expected)
        reasons = self.registry["rgpd.reason"]
        with patch.object(reasons, "_count_kept", side_effect=AssertionError):
            self.run_night()
        self.assertEqual(self.count_masked(), 3)
        with self.real() as env:
            self.assertEqual(self.get_run(env).kept_count, expected)

    def test_nothing_is_compiled_to_find_that_nobody_is_due(self):
        """On a large file PostgreSQL would, for longer than all the rest takes."""
        reasons = self.registry["rgpd.reason"]
        seen = []
        for name in ("_start_run", "_get_due", "_count_due"):
            self.enterContext(
                patch.object(reasons, name, self.look(getattr(reasons, name), seen))
            )
        self.run_night()
        self.assertGreaterEqual(len(seen), 4)
        self.assertEqual(set(seen), {"off"})
        with self.real() as env:
            env.cr.execute("SHOW jit")
            self.assertEqual(env.cr.fetchone()[0], "on")

    def look(self, original, seen):
        """Return the method, which first looks whether statements are compiled."""

        def call(model, *args, **kwargs):
            model.env.cr.execute("SHOW jit")
            seen.append(model.env.cr.fetchone()[0])
            return original(model, *args, **kwargs)

        return call
