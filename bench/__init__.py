"""How fast c2c is: cases to time, a run of all of them, and a check of one version against another."""

from c2c.process import tune_process

tune_process()  # as the command line does
