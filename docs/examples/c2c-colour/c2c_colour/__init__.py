"""A learnt change of colour, for c2c."""
