"""What all tests share: one service with its clients, one browser, and where to write."""

import types
import unittest

from window import Window

# Filled in by the program before the first test.
STAGE = types.SimpleNamespace(
    bank=None, browser=None, axe=None, folder=None, picture=None, scan=None, pictures=None, efforts={}, pages={}, looks=0
)


class Stage(unittest.TestCase):
    """A test with windows; each is closed at its end and then says what went wrong in it."""

    def setUp(self):
        self.bank = STAGE.bank

    def window(self, **options):
        window = Window(STAGE.browser, self.bank.base, **options)
        self.addCleanup(window.close)
        return window
