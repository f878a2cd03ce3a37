"""The rows that stand beside the approaches in every table; no approach may have the name of one."""

REAL = "real-against-real"
COPY = "copy-the-input"
COLOUR = "colour-shift"
RESERVED = ("references", REAL, COPY, COLOUR)  # the first is the stage that scores them
