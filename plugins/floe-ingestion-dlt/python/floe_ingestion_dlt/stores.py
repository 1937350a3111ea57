"""Files of object stores, brought to this machine to be read.

Types are found by reading a file whole, before its rows are read: from the store that would be several times
the traffic. How a store is reached is the platform's storage plugin's to say; credentials are found as users
of each cloud know it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floe_ingestion_dlt.errors import IngestionError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_SCHEMES = ("s3", "s3a", "s3n", "gs", "abfs", "abfss", "wasb", "wasbs")


def is_remote(path: str) -> bool:
    """Whether a path leads away from this machine's file system."""
    return "://" in path and not path.startswith("file://")


@dataclass
class Store:
    """The store behind an address, and paths in it."""

    uri: str
    properties: Mapping[str, str]

    def find(self, suffixes: tuple[str, ...]) -> list[str]:
        """Give the paths in the store of what a file's, a folder's or a glob's address stands for.

        Raises `IngestionError` `INGESTION.FAILED` where there is none, `CONFIG.INVALID_VALUE` for a kind of
        store that isn't known, `STORAGE.*` where it can't be asked.
        """
        scheme = self.uri.partition("://")[0]
        if scheme not in _SCHEMES:
            raise IngestionError(
                "CONFIG.INVALID_VALUE",
                f"{self.uri} can't be read.",
                why=f"The stores that are known are {', '.join(_SCHEMES)}.",
                next=["Give a path of this machine, or an address that starts with one of these."],
            )
        with self._told():
            fs = self._open()
            path = self._path(fs)
            found = self._matches(fs, path, suffixes)
        sizes = {one: int(info.get("size") or 0) for one, info in found.items() if info.get("type") == "file"}
        if not sizes:
            raise IngestionError(
                "INGESTION.FAILED",
                f"There is no file at {self.uri}.",
                next=["Correct the source's path."],
            )
        if not any(sizes.values()):
            raise IngestionError(
                "INGESTION.FAILED",
                "The file is empty.",
                why=f"{next(iter(sizes))} has no bytes, not even the names of columns.",
                next=["Write it anew, with its columns."],
            )
        return sorted(sizes)

    @contextmanager
    def fetched(self, found: list[str], folder: Path) -> Iterator[dict[str, str]]:
        """Bring files here for the while, and give where each is: by local path, its path in the store."""
        # A load that was killed left its files.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with tempfile.TemporaryDirectory(prefix="fetched-", dir=folder) as here:
            places = {}
            with self._told():
                fs = self._open()
                for index, path in enumerate(found):
                    # Names in a store may be longer than a file system's, and the same in two folders.
                    suffixes = "".join(Path(path).suffixes[-2:])
                    local = Path(here) / f"{index:06}{suffixes}"
                    fs.get_file(path, str(local))
                    places[str(local)] = path
            yield places

    def _matches(
        self, fs: AbstractFileSystem, path: str, suffixes: tuple[str, ...]
    ) -> dict[str, dict[str, Any]]:
        """Look for the file, then for files below it, then for a glob's."""
        if not path.endswith("/"):
            try:
                info = fs.info(path)
            except FileNotFoundError:
                info = None
            if info is not None and info.get("type") == "file":
                return {path: info}
        if any(mark in path for mark in "*?["):
            return dict(fs.glob(path, detail=True))
        below = fs.find(path.rstrip("/"), detail=True)
        return {name: info for name, info in below.items() if name.lower().endswith(suffixes)}

    def _open(self) -> AbstractFileSystem:
        from pyiceberg.io import load_file_io
        from pyiceberg.io.fsspec import FsspecFileIO
        from pyiceberg.io.pyarrow import PyArrowFileIO

        scheme, _, rest = self.uri.partition("://")
        authority = rest.split("/")[0]
        io = load_file_io(dict(self.properties), self.uri)
        if isinstance(io, FsspecFileIO):
            return io.get_fs(scheme, authority.rpartition("@")[2] if scheme[0] in "aw" else None)
        from fsspec.implementations.arrow import ArrowFSWrapper

        assert isinstance(io, PyArrowFileIO)
        return ArrowFSWrapper(io.fs_by_scheme(scheme, authority))

    def _path(self, fs: AbstractFileSystem) -> str:
        """Give the path as the file system has it: a bucket and what is in it, and nothing decoded."""
        scheme, _, rest = self.uri.partition("://")
        if scheme[0] in "aw":
            return str(fs._strip_protocol(self.uri))
        return rest

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except IngestionError:
            raise
        except Exception as error:
            text = str(error).strip() or type(error).__name__
            denied = isinstance(error, PermissionError) or any(
                word in text for word in ("ACCESS_DENIED", "AccessDenied", "Forbidden", "403", "401")
            )
            if isinstance(error, FileNotFoundError):
                code, advice = "STORAGE.NOT_FOUND", "Check the bucket's name and the path."
            elif denied:
                code, advice = "STORAGE.FORBIDDEN", "Check the credential, and what it may do."
            else:
                code, advice = "STORAGE.FAILED", "Check the storage plugin's settings, and the credential."
            raise IngestionError(code, f"{self.uri} can't be read.", why=text, next=[advice]) from error
