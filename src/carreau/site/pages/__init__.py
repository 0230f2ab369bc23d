"""The front page, the pages about Carreau itself, and what every page shares."""
