"""How fast c2c is: cases to time, a run of all of them, and a check of one version against another."""

import os

os.environ.setdefault("GOMP_SPINCOUNT", "3000")  # as the command line has it, see c2c.cli; read when torch is imported
