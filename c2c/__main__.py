"""`python -m c2c` is the command c2c."""

from c2c.cli import main

if __name__ == "__main__":
    main(prog_name="c2c")
