"""The rows that stand beside the approaches in every table; no approach may have the name of one."""

REAL = "real-against-real"
COPY = "copy-the-input"
COLOUR = "colour-shift"
TRUTH = "true-translation"  # of a video: the target city drawn whole
DRESSED_TRUTH = "true-dress"  # of a video: its dress on the source's shapes
RESERVED = ("references", REAL, COPY, COLOUR, TRUTH, DRESSED_TRUTH)  # the first is the stage that scores them
