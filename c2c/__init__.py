"""c2c turns pictures of one city into another, and measures how well each way of doing it works."""

__version__ = "0.1.0"
