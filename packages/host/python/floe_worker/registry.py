"""The functions that floe may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

METHODS: dict[str, Callable[..., Any]] = {}


def method(function: Function) -> Function:
    """Register a function under its own name. It takes keyword arguments and returns JSON."""
    name = function.__name__
    if name in METHODS:
        raise ValueError(f"two functions are registered as {name!r}")
    METHODS[name] = function
    return function
