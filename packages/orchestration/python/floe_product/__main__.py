"""`python -m floe_product`: steps of a product, for a scheduler that starts a process for each task."""

from floe_product.steps import main

raise SystemExit(main())
