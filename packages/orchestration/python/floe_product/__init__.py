"""A compiled product, run where there is no Node.

Everything here reads `compiled_artifacts.json`; importing it imports neither dbt nor an ingestion tool.

    product = load_product(Path(__file__).parent, "orders")
    run_ingestion(product)
    run_build(product)
"""

from floe_product.artifacts import Product, load_product
from floe_product.build import BuildReport, cancel_build, run_build
from floe_product.errors import ProductError
from floe_product.events import CheckFinished, NodeFinished, NodeStarted
from floe_product.expectations import Expectation
from floe_product.ingestion import SourceResult, run_ingestion
from floe_product.lineage import RunLineage
from floe_product.manifest import ensure_manifest

__all__ = [
    "BuildReport",
    "CheckFinished",
    "Expectation",
    "NodeFinished",
    "NodeStarted",
    "Product",
    "ProductError",
    "RunLineage",
    "SourceResult",
    "cancel_build",
    "ensure_manifest",
    "load_product",
    "run_build",
    "run_ingestion",
]
