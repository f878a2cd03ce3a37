"""Any programs that translate a folder of pictures, timed in turns: c2c beside others, or others beside each other."""
