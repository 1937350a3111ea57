"""Rows of files, as Arrow: DuckDB reads them, whole columns at a time, and says at which line it can't."""

from __future__ import annotations

import csv
import glob
import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from floe_ingestion_dlt.errors import IngestionError
from floe_ingestion_dlt.stores import Store, is_remote

_SUFFIXES = {
    "csv": (".csv", ".csv.gz", ".tsv", ".tsv.gz"),
    "jsonl": (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz"),
    "parquet": (".parquet",),
}
_DELIMITERS = ",;\t|"
_NESTED = ("STRUCT", "MAP", "UNION", "JSON")
_SIGNED = {"UTINYINT": "SMALLINT", "USMALLINT": "INTEGER", "UINTEGER": "BIGINT"}
BATCH_ROWS = 200_000


@contextmanager
def open_files(
    path: str,
    format: str,  # noqa: A002 - the source's own word
    project_dir: Path,
    storage: Mapping[str, str],
    folder: Path,
) -> Iterator[Iterator[pa.Table]]:
    """Give the rows of a file, folder or glob. What lies in a store is brought to `folder` for the while."""
    if not is_remote(path):
        yield read_files(find_files(path, format, project_dir), format)
        return
    store = Store(path, storage)
    with store.fetched(store.find(_SUFFIXES[format]), folder) as places:
        yield read_files(list(places), format, places)


def check_files(path: str, format: str, project_dir: Path, storage: Mapping[str, str]) -> None:  # noqa: A002
    """Refuse a path that leads to no file."""
    if is_remote(path):
        Store(path, storage).find(_SUFFIXES[format])
    else:
        find_files(path, format, project_dir)


def find_files(path: str, format: str, project_dir: Path) -> list[str]:  # noqa: A002
    """Resolve a file, folder or glob. One that matches nothing is an error: a typo must not load nothing."""
    whole = project_dir / path.removeprefix("file://")
    if whole.is_dir():
        found = [str(one) for one in sorted(whole.rglob("*")) if one.name.lower().endswith(_SUFFIXES[format])]
    elif whole.exists():
        found = [str(whole)]
    else:
        found = [one for one in sorted(glob.glob(str(whole), recursive=True)) if Path(one).is_file()]  # noqa: PTH207
    if found and not any(Path(one).stat().st_size for one in found):
        raise IngestionError(
            "INGESTION.FAILED",
            "The file is empty.",
            why=f"{found[0]} has no bytes, not even the names of columns.",
            next=["Write it anew, with its columns."],
        )
    if not found:
        raise IngestionError(
            "INGESTION.FAILED",
            f"There is no {format} file at {path}.",
            why=f"Looked for {whole}.",
            next=["Correct the source's path, which is relative to floe.yaml."],
        )
    return found


def read_files(
    files: list[str],
    format: str,  # noqa: A002
    places: Mapping[str, str] | None = None,
) -> Iterator[pa.Table]:
    """Yield the rows in batches; at least one, so that an empty file still says which columns it has.

    `places` are the names by which errors call the files.
    """
    connection = duckdb.connect()
    try:
        for file in files:
            _check_whole(file, (places or {}).get(file, file))
        reader = _reader(files, format)
        described = connection.execute(f"DESCRIBE SELECT * FROM {reader}", [files]).fetchall()
        columns = ", ".join(_column(name, kind) for name, kind, *_ in described)
        batches = connection.execute(f"SELECT {columns} FROM {reader}", [files]).to_arrow_reader(BATCH_ROWS)
        empty = True
        for batch in batches:
            empty = False
            yield pa.Table.from_batches([batch])
        if empty:
            yield batches.schema.empty_table()
    except IngestionError:
        raise
    # Arrow and Python have errors of their own for what DuckDB meets while it streams.
    except Exception as error:
        raise IngestionError(
            "INGESTION.FAILED",
            "A file can't be read.",
            why=_renamed(reason(_with_line(error, files, format), files), places or {}),
            next=["Mend the file, and load again."],
        ) from error
    finally:
        connection.close()


def _reader(files: list[str], format: str) -> str:  # noqa: A002
    """Say how to read. The whole file decides on types: a sample would let a late value fail the load."""
    if format == "parquet":
        return "read_parquet(?, union_by_name = true)"
    if format == "jsonl":
        return "read_json(?, format = 'newline_delimited', sample_size = -1, union_by_name = true)"
    # Left to guess, DuckDB takes a bad row in the middle for another dialect, and loads nonsense.
    return (
        f"read_csv(?, delim = '{_delimiter(files[0])}', quote = '\"', escape = '\"', "
        "header = true, skip = 0, null_padding = false, strict_mode = true, "
        "sample_size = -1, union_by_name = true)"
    )


def _with_line(error: Exception, files: list[str], format: str) -> Exception:  # noqa: A002
    """Find the line of a bad row: while it still guesses types, DuckDB gives up without naming it."""
    if format != "csv" or "sniffing" not in str(error):
        return error
    for file in files:
        try:
            with gzip.open(file, "rt") if file.endswith(".gz") else Path(file).open() as text:
                names = next(csv.reader(text, delimiter=_delimiter(file)))
            columns = "{" + ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(names))) + "}"
            duckdb.execute(
                f"SELECT count(*) FROM read_csv(?, delim = '{_delimiter(file)}', quote = '\"', "
                f"escape = '\"', header = true, auto_detect = false, columns = {columns})",
                [file],
            ).fetchall()
        except duckdb.Error as found:
            return found
    return error


def _delimiter(file: str) -> str:
    """Find what separates the names in the header."""
    opener = gzip.open if file.endswith(".gz") else open
    with opener(file, "rt", encoding="utf-8", errors="replace") as text:
        header = text.readline()
    return max(_DELIMITERS, key=header.count)


def _check_whole(file: str, name: str) -> None:
    """Refuse a compressed file that was cut off: DuckDB reads what is there and says nothing."""
    if not file.endswith(".gz"):
        return
    try:
        with gzip.open(file) as content:
            while content.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise IngestionError(
            "INGESTION.FAILED",
            "A file is damaged or was cut off.",
            why=f"{name}: {error}",
            next=["Write it anew, and load again."],
        ) from error


def _renamed(text: str, places: Mapping[str, str]) -> str:
    for file, place in places.items():
        text = text.replace(file, place)
    return text


def reason(error: Exception, files: list[str]) -> str:
    """Take from DuckDB's message what is wrong and where, without its advice about its own options."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("Possible", "*", "LINE 1:", "^"))][:5]
    text = " ".join(told)
    return text if any(file in text for file in files) else f"{', '.join(files[:3])}: {text}"


def _column(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    # What has columns within itself stays in one: as JSON, which every engine reads.
    if kind.startswith(_NESTED) or "[" in kind:
        return f"to_json({quoted})::VARCHAR AS {quoted}"
    # dlt has no unsigned numbers, and would take half of the range.
    return f"{quoted}::{_SIGNED[kind]} AS {quoted}" if kind in _SIGNED else quoted
