"""Tables of other zones beside the grid: what may be told of each without a small region following."""
