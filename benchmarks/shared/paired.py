"""Processes of Odoo that work in turns, and what their ratios tell."""

import json
import math
import os
import random
import subprocess

from .two_databases import get_command


class Side:
    """A process of Odoo on one of the two databases."""

    def __init__(self, database, script):
        to_read, self.writer = os.pipe()
        self.reader, to_write = os.pipe()
        self.process = subprocess.Popen(
            [*get_command("shell", database), "--log-level=error"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(to_read, to_write),
            env={**os.environ, "RGPD_BENCH_PIPES": f"{to_read},{to_write}"},
        )
        os.close(to_read)
        os.close(to_write)
        self.process.stdin.write(script)
        self.process.stdin.close()
        self.answers = os.fdopen(self.reader)
        self.questions = os.fdopen(self.writer, "w")

    def ask(self, *question):
        print(json.dumps(question), file=self.questions, flush=True)
        return json.loads(self.answers.readline())

    def stop(self):
        self.questions.close()
        self.process.wait()


def mean_with_interval(starts, draws=2000):
    """Return the geometric mean of ratios and its interval (95 %) by bootstrap.

    :param starts: for each start of the processes, the logarithms of its ratios
    """
    chance = random.Random(1)

    def draw():
        chosen = chance.choices(starts, k=len(starts))
        return mean([mean(chance.choices(logs, k=len(logs))) for logs in chosen])

    means = sorted(draw() for _draw in range(draws))
    low, high = means[int(draws * 0.025)], means[int(draws * 0.975)]
    return tuple(math.exp(x) for x in (mean([mean(x) for x in starts]), low, high))


def mean(numbers):
    return sum(numbers) / len(numbers)
