"""onnxruntime-web, which runs a network in the browser; of the package one build: WebAssembly for any processor."""

from pathlib import Path

from c2c import npm

SCRIPT = "ort.wasm.bundle.min.mjs"
PACKAGE = npm.NpmPackage(
    name="onnxruntime-web",
    version="1.30.0",
    archive_bytes=33_106_585,
    integrity="q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==",
    files={
        f"dist/{SCRIPT}": "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
        "dist/ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    },
)
NAME, VERSION = PACKAGE.name, PACKAGE.version
LICENCE = "onnxruntime-web-licence.txt"  # the archive holds none


def runtime_files(progress: npm.Progress | None = None) -> dict[str, Path]:
    """The files of onnxruntime-web that a site needs, by name, fetched where they are not in the cache.

    Raises:
        DownloadError: they cannot be fetched, or what came is something else; the text says what to put where.
    """
    return _with_licence(npm.package_files(PACKAGE, progress))


def cached_files() -> dict[str, Path] | None:
    """The files out of the cache, and their licence; None where one is missing or is another."""
    found = npm.cached_files(PACKAGE)
    return _with_licence(found) if found else None


def _with_licence(files: dict[str, Path]) -> dict[str, Path]:
    return files | {LICENCE: Path(__file__).with_name(LICENCE)}
