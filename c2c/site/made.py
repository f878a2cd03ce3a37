"""Pictures that are made for the site, such as those of the blind study."""

import io

from PIL import Image

EFFORT = 40  # of 100: without loss, how hard to look for few bytes
METHOD = 2  # of 6, likewise


def lossless(image: Image.Image) -> bytes:
    """A picture as WebP without loss, and with nothing beside its pixels."""
    data = io.BytesIO()
    image.save(data, format="WEBP", lossless=True, quality=EFFORT, method=METHOD)
    return data.getvalue()
