"""Runs background jobs: `python worker.py`."""

from core.worker import main

if __name__ == "__main__":
    main()
