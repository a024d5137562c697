"""The same application as Streamlit comes: what app.py keeps out of the collector's way stays in it. Its other half,
collecting after each run, is an option that whoever starts this turns on: `uvicorn bench.as_it_comes:app`."""

import gc

gc.freeze = lambda: None  # what this file is for

from app import app  # noqa: E402  after the line above

__all__ = ["app"]
