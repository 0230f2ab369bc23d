"""Ways of grouping 200 m cells into units that all hold enough: what may be published, before the gate looks at it."""
