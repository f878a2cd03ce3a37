"""The two versions of a check: revisions found, and laid out in worktrees that go away again."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from c2c.errors import C2CError

MAIN = ("main", "origin/main", "master", "origin/master")
WORKING_TREE = "working tree"


class VersionError(C2CError):
    """A version cannot be compared."""


@dataclass(frozen=True)
class Checkout:
    """One version: where it lies, and the commit that it is."""

    folder: Path
    commit: str  # or `WORKING_TREE`


def root_of(folder: Path) -> Path:
    """The checkout that a folder belongs to.

    Raises:
        VersionError: it belongs to none.
    """
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found is None:
        raise VersionError(f"{folder} is in no git checkout, so there is no other version to compare with.")
    return Path(found)


def resolve(root: Path, revision: str) -> str:
    """The commit of a revision; of "" the merge base with main, or the commit before where that is the commit itself.

    Raises:
        VersionError: there is no such revision.
    """
    commit = commit_of(root, revision) if revision else _before(root)
    if commit is None:
        asked = f"no revision {revision!r}" if revision else "no commit before this one"
        raise VersionError(
            f"{root} has {asked}.\nName a commit, a branch or a tag that it has; `git log --oneline` lists commits."
        )
    return commit


def commit_of(root: Path, revision: str) -> str | None:
    """The commit that a revision names; None where there is no such revision, no checkout, or no git."""
    return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")


def is_dirty(root: Path) -> bool:
    """Whether files differ from the last commit, or are new."""
    return bool(_git(root, "status", "--porcelain"))


@contextmanager
def checkouts(root: Path, against: str) -> Iterator[tuple[Checkout, Checkout]]:
    """The version before and the version now; what was laid out for them is removed at the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="c2c-check-") as place:
        folder = Path(place).resolve()
        with _worktree(root, against, folder / "before") as before:
            if is_dirty(root):
                yield before, Checkout(root, WORKING_TREE)
            else:
                with _worktree(root, resolve(root, "HEAD"), folder / "after") as after:
                    yield before, after


@contextmanager
def _worktree(root: Path, commit: str, folder: Path) -> Iterator[Checkout]:
    made = subprocess.run(
        ["git", "-C", str(root), "worktree", "add", "--detach", "--quiet", str(folder), commit],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        if made.returncode:
            raise VersionError(f"{commit[:12]} cannot be laid out: {made.stderr.strip()}")
        yield Checkout(folder, commit)
    finally:
        _git(root, "worktree", "remove", "--force", str(folder))


def _before(root: Path) -> str | None:
    head = commit_of(root, "HEAD")
    for branch in MAIN:
        base = _git(root, "merge-base", "HEAD", branch) if commit_of(root, branch) else None
        if base:
            return base if base != head or is_dirty(root) else commit_of(root, "HEAD~1")
    return commit_of(root, "HEAD~1")


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says, or None where it fails or is not installed."""
    asked = ["git", "-C", str(folder), "--no-optional-locks", *arguments]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
