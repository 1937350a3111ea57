"""What goes wrong with catalogs and their stores, with floe's codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyiceberg.exceptions import (
    AuthorizationExpiredError,
    CommitFailedException,
    ForbiddenError,
    NoSuchNamespaceError,
    NoSuchTableError,
    OAuthError,
    RESTError,
    UnauthorizedError,
)
from requests import ConnectionError as NotConnected
from requests import RequestException, Timeout

from floe_ingestion_dlt.errors import IngestionError

_CODES: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (UnauthorizedError, ForbiddenError, OAuthError, AuthorizationExpiredError),
        "CONNECTION.UNAUTHORIZED",
        "Check the catalog's credential, and what it may do.",
    ),
    ((Timeout,), "CONNECTION.TIMEOUT", "Check whether the catalog is up."),
    ((NotConnected,), "CONNECTION.REFUSED", "Check whether the catalog is up, and its address."),
    ((NoSuchNamespaceError, NoSuchTableError), "CATALOG.NOT_FOUND", "Check the names in floe.yaml."),
    ((CommitFailedException,), "CATALOG.CONFLICT", "Load again."),
    ((RESTError, RequestException), "CATALOG.FAILED", "Look into the catalog's log."),
    ((PermissionError,), "STORAGE.FORBIDDEN", "Check what the credential that the catalog lends may do."),
    # After the others: those of requests are among them.
    ((OSError,), "STORAGE.FAILED", "Check how the table's files are reached: the storage plugin's settings."),
)


@contextmanager
def problems(summary: str) -> Iterator[None]:
    """Give errors their codes."""
    try:
        yield
    except Exception as error:
        raise coded(error, summary) from error


def coded(error: BaseException, summary: str) -> IngestionError:
    """Give an error its code; one that has a code keeps it."""
    if isinstance(error, IngestionError):
        return error
    text = str(error).strip() or type(error).__name__
    if isinstance(error, NotConnected) and ("resolve" in text or "resolution" in text):
        return IngestionError(
            "CONNECTION.UNREACHABLE", summary, why=text, next=["Check the catalog's address."]
        )
    for kinds, code, advice in _CODES:
        if isinstance(error, kinds):
            return IngestionError(code, summary, why=text, next=[advice])
    return IngestionError("CATALOG.FAILED", summary, why=text)
