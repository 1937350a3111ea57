"""Python that the compile put beside the product: of its plugins, and of floe itself."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from floe_product.artifacts import Product

PYTHON_DIR = "deploy/python"
"""Where it lies, relative to the product's folder."""


def import_compiled(product: Product, name: str) -> ModuleType:
    """Import one of its modules. Raises `ImportError` where it isn't there, or what it needs."""
    folder = str(product.dir / PYTHON_DIR)
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)
