"""Everything that a reader of the review sees: flow, diagram, tables, origins, documents, and the notebooks that hold them."""
