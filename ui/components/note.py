"""Small print. Streamlit's own caption is too pale to be read by everybody (WCAG asks for 4.5 to 1)."""

import streamlit as st


def note(message: str) -> None:
    """Markdown in small letters; foreign words in it are to be escaped like anywhere else."""
    st.markdown(f":small[{message}]")
