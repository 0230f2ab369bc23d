"""The web site: a Django project on top of the engine, one app a noun."""
