"""The body of an answer as it comes, plain or packed: bounded on the wire as well as unpacked."""

import zlib

from c2c.collect.failures import BadAnswer, Transient

GZIP = 31  # zlib's number for gzip with its header and checksum


class PlainBody:
    """Bytes as they are."""

    def __init__(self, where: str, most_bytes: int) -> None:
        """Nothing has come yet.

        Args:
            where: it comes from, for the errors.
            most_bytes: that are taken.
        """
        self.where, self.most_bytes = where, most_bytes
        self.came = 0  # bytes on the wire
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take what came.

        Raises:
            BadAnswer: it is too much.
        """
        self.came += len(chunk)
        self._bound(self.came)
        self._keep(chunk)

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        self._bound(self._size)

    def _bound(self, size: int) -> None:
        if size > self.most_bytes:
            raise BadAnswer(f"{self.where} is larger than {self.most_bytes} bytes, and was not taken.")


class GzipBody(PlainBody):
    """Bytes out of one gzip file, unpacked no further than they are taken."""

    def __init__(self, where: str, most_bytes: int) -> None:
        super().__init__(where, most_bytes)
        self._unpacking = zlib.decompressobj(GZIP)

    def whole(self) -> bytes:
        """All of it.

        Raises:
            Transient: the file's end is missing.
        """
        if not self._unpacking.eof:
            raise Transient(f"{self.where} ended before its gzip file did.")
        return super().whole()

    def _keep(self, part: bytes) -> None:
        """Unpack.

        Raises:
            BadAnswer: it is too much, or something follows the file.
            Transient: it is no gzip file.
        """
        if not self._unpacking.eof:
            try:
                unpacked = self._unpacking.decompress(part, self.most_bytes - self._size + 1)
            except zlib.error as error:
                raise Transient(f"{self.where} is packed, and cannot be unpacked: {error}") from error
            part = self._unpacking.unused_data
            super()._keep(unpacked)
        if part:
            raise BadAnswer(f"{self.where} goes on after the end of its gzip file.")
