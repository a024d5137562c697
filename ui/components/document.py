"""What a screen reader has to know of the whole page: its language. Streamlit's own page always says English."""

from core.i18n import ENGLISH, language
from ui.components.source import component

_mount = component("document", css=())


def tell_language() -> None:
    if language() != ENGLISH:
        _mount(key="document", data={"language": language()})
