"""Names for the files of one picture of a collection."""

import hashlib
import re
import unicodedata

LONGEST = 80  # bytes of the cleaned id that a stem keeps; nine more follow


def stem_of(source: str, id: str) -> str:
    """The stem of every file of one picture: the cleaned id, a hyphen, and eight digits of a hash of source and id.

    Letters and digits of ASCII, underscores and single hyphens stay; anything else becomes a hyphen. The hash tells ids
    apart that differ by case alone, or in what was cleaned away, on any file system.
    """
    plain = unicodedata.normalize("NFKD", id).encode("ascii", "ignore").decode()
    cleaned = re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-")[:LONGEST]
    digits = hashlib.sha256(f"{source}\0{id}".encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{cleaned}-{digits}" if cleaned else digits
