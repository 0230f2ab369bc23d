"""The demonstration: the main job of Carreau on the real social homes of Nantes, ending in a page."""
