"""Over the registries: every route, collection, problem and table keeps what is promised of all of them."""
