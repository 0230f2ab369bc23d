"""Who changed what and when, before and after; nothing is ever taken out."""
