"""The browser's half of our components: files beside this one, read once."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).resolve().parent


def component(name: str, *, css: tuple[str, ...], js: tuple[str, ...] = ()) -> ComponentRenderer:
    """Register the component made of `name`.html and `name`.js with these style sheets, and scripts put before it."""
    return st.components.v2.component(
        f"greenroom_{name}",
        html=(HERE / f"{name}.html").read_text("utf-8"),
        css="\n".join((HERE / f"{sheet}.css").read_text("utf-8") for sheet in css),
        js="\n".join((HERE / f"{script}.js").read_text("utf-8") for script in (*js, name)),
    )
