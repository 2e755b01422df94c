"""Why a finding has no script that shows it."""

from comparisons.harness.check.script import LINES


class NotShown(Exception):
    """Why there is no script that shows a difference, in a few words."""


TOO_LONG = f"no script of less than {LINES} lines shows it"
NO_CALL = "no short script makes such a call: with a dictionary, or with lists within a list"
MANY = "seen in the operations together, of which none shows it alone"
NOT_ALONE = "the call alone, by the numbers that were seen, does not show it"
DRAWN = "of random numbers, of which a script of Keras alone draws others"
INTEGERS = "the output is integers there, and a script cannot differentiate it"
NO_PART = "no part of the model, trained alone, shows it in a short script"
WHOLE = "seen in the whole model alone; called alone, each layer is right"
OWN = "of somebody's own code, which a script of Keras alone does not have"
NOT_AGAIN = "a script was found, which by itself did not show it again"
NO_BATCH = "no batch of few numbers shows it in a short script"
