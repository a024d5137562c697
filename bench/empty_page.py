"""What a page costs that says one word: `streamlit run bench/empty_page.py`, under the product's own configuration."""

import streamlit as st

st.write("Nothing")
