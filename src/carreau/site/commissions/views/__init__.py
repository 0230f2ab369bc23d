"""The pages of the commission."""
