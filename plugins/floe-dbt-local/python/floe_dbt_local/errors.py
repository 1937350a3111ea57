"""What dbt says of a failure, as an error with a code and a place."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from floe_worker import FloeError

# "Compilation Error in model orders (models/orders.sql)", "Error reading shop: models/schema.yml - ..."
_FILE = re.compile(r"\(([^()\n]+\.(?:sql|yml|yaml|py|csv|md))\)|\b([\w./ -]+\.(?:sql|yml|yaml|py|csv|md))\b")
_LINE = re.compile(r"\bline (\d+)")
_REF = re.compile(r"depends on a (?:node|source) named '([^']+)'|'(\w+)' is undefined")
_NODE = re.compile(r"depends on a node named '([^']+)'")
_NOT_SOURCES = {"target", "dbt_packages", "node_modules", "tests", "macros", ".floe", ".git", ".venv"}
_PID = re.compile(r"PID (\d+)")


def floe_error(error: BaseException, project_dir: Path) -> FloeError:
    """Map what dbt raised. Its own message is the reason, without a stack."""
    text = clean(str(error))
    kind = type(error).__name__
    if "Could not set lock" in text or "Conflicting lock" in text:
        return locked(text)
    if kind in {"DbtProfileError", "DbtConfigError", "ProfileConfigError"} or "Env var required" in text:
        return FloeError("DBT.FAILED", "dbt can't use the profile.", why=text, next=["floe doctor"])
    if re.search(r"package\(s\) (?:installed|specified)|packages? .* not installed", text):
        return FloeError(
            "DBT.FAILED",
            "A dbt package isn't installed.",
            why=text,
            next=["Install the project's packages: dbt deps"],
        )
    if is_compilation(error):
        return FloeError(
            "DBT.COMPILATION_FAILED",
            "The dbt project can't be compiled.",
            why=text,
            next=[*meant(text, project_dir), "Mend what dbt names, then try again."],
            where=place_of(text, project_dir),
        )
    return FloeError(
        "DBT.FAILED", "dbt couldn't run.", why=text or kind, next=["Run with --verbose to see dbt's log."]
    )


def is_compilation(error: BaseException) -> bool:
    """Whether the project is at fault, not the machine: dbt's classes for it."""
    from dbt_common.exceptions import CompilationError, DbtRuntimeError

    names = {"ParsingError", "YamlParseDictError", "YamlLoadError", "TargetNotFoundError", "DbtProjectError"}
    if isinstance(error, CompilationError) or type(error).__name__ in names:
        return True
    text = str(error)
    return isinstance(error, DbtRuntimeError) and ("Error reading" in text or "Compilation Error" in text)


def locked(text: str) -> FloeError:
    """Tell who holds the database."""
    pid = _PID.search(text)
    return FloeError(
        "COMPUTE.LOCKED",
        "The database is in use by another process.",
        why=text,
        next=[
            "End the other process."
            if pid is None
            else f"Wait for process {pid[1]} to end, or end it: kill {pid[1]}"
        ],
    )


def place_of(text: str, project_dir: Path) -> dict[str, object] | None:
    """Find the file, relative to the project, and the line that dbt's message names."""
    files = [first or second for first, second in _FILE.findall(text)]
    file = next((found for one in files if (found := _relative(one.strip(), project_dir))), None)
    if file is None:
        return None
    line = _LINE.search(text)
    if line is not None:
        return {"file": file, "line": int(line[1])}
    found = line_of_reference(text, project_dir / file)
    return {"file": file, "line": found}


def meant(text: str, project_dir: Path) -> list[str]:
    """Suggest the model, seed or snapshot that a mistyped reference most likely stands for."""
    missing = _NODE.search(text)
    if missing is None:
        return []
    word = missing[1].split(".")[-1]
    near = difflib.get_close_matches(word, _names(project_dir) - {word}, n=1, cutoff=0.75)
    return [f'Did you mean "{name}"?' for name in near]


def _names(project_dir: Path) -> set[str]:
    """Names that `ref()` may take, by their files: nothing could be parsed that says more."""
    folders = (one for one in project_dir.iterdir() if one.is_dir() and one.name not in _NOT_SOURCES)
    return {
        path.stem
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in {".sql", ".py", ".csv"} and "macros" not in path.parts
    }


def _relative(name: str, project_dir: Path) -> str | None:
    """Find a file that dbt names relative to the project, or to the folder of models it lies in."""
    if (project_dir / name).is_file():
        return name
    outputs = {"target", "dbt_packages", "node_modules"}
    below = (path.relative_to(project_dir) for path in project_dir.glob(f"*/{name}"))
    return next((path.as_posix() for path in sorted(below) if path.parts[0] not in outputs), None)


def line_of_reference(text: str, file: Path) -> int:
    """Find the line that refers to what isn't there: dbt names the file alone."""
    name = _REF.search(text)
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    wanted = (name[1] or name[2]).split(".")[-1] if name else None
    return next((number for number, line in enumerate(lines, 1) if wanted and wanted in line), 1)


def clean(text: str) -> str:
    """Drop the colours and the indentation that only suit a terminal."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return "\n".join(line.rstrip() for line in plain.strip().splitlines() if line.strip())
