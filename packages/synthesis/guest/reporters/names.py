"""Test names that repeat are told apart by their number, so that each keeps its own outcome."""

MAX_TESTS = 20000
MAX_NAME = 300


class Outcomes(dict):
    def add(self, name, outcome):
        if len(self) >= MAX_TESTS:
            return
        name = " ".join(name.split())[:MAX_NAME] or "unnamed"
        key, number = name, 1
        while key in self:
            number += 1
            key = "%s #%d" % (name, number)
        self[key] = outcome
