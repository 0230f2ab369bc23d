"""What the allocation commission (CALEOL) may do, in which order, by when and for which reasons: pure rules."""
