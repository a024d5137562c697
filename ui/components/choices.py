"""Choices side by side, kept in the address so that a reload or another node knows them.

Streamlit writes what is chosen in the theme's primary colour on a tint of it. In the dark theme no colour is both dark
enough for the white letters of a primary button and light enough for that, so these labels bring a colour of their
own. Streamlit's binding would write that into the address too; what stands there is therefore written here.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

T = TypeVar("T", bound=str)


def readable(named: Callable[[T], str]) -> Callable[[T], str]:
    """The names of choices in a colour that can be read whether chosen or not."""
    return lambda option: tinted(named(option))


def tinted(label: str) -> str:
    """The label of a choice or a tab in that colour."""
    return f":gray[{label}]"


def pills(label: str, options: Sequence[T], *, named: Callable[[T], str], default: T, key: str) -> T:
    """One of many, in as many rows as it takes."""
    _take_from_address(options, named, key)
    shown = st.pills(label, options, format_func=readable(named), default=_first(default, key), required=True, key=key)
    return _kept(shown, default, key)


def segments(label: str, options: Sequence[T], *, named: Callable[[T], str], default: T, key: str) -> T:
    """One of a few, in a row."""
    _take_from_address(options, named, key)
    shown = st.segmented_control(
        label, options, format_func=readable(named), default=_first(default, key), required=True, key=key
    )
    return _kept(shown, default, key)


def several(label: str, options: Sequence[T], *, named: Callable[[T], str], key: str) -> list[T]:
    """Any of many, in as many rows as it takes."""
    if key not in st.session_state:
        st.session_state[key] = _in_address(options, named, key)
    shown = list(st.pills(label, options, format_func=readable(named), selection_mode="multi", key=key))
    if st.query_params.get_all(key) != [str(option) for option in shown]:
        st.query_params[key] = [str(option) for option in shown]
    return shown


def menu(label: str, options: Sequence[T], *, named: Callable[[T], str], placeholder: str, key: str) -> T | None:
    """One of many or none, behind a click."""
    _take_from_address(options, named, key)
    shown = st.selectbox(label, options, index=None, format_func=named, placeholder=placeholder, key=key)
    if shown is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != str(shown):
        st.query_params[key] = str(shown)
    return shown


def tabs(options: Sequence[T], *, named: Callable[[T], str], key: str) -> tuple[T, DeltaGenerator]:
    """The part of a screen that is open, with its place; what is in the others is for the caller to leave unread. The
    first is open at first."""
    labels = [tinted(named(option)) for option in options]
    if st.session_state.get(key) not in labels:
        found = _in_address(options, named, key)
        st.session_state[key] = labels[options.index(found[0]) if found else 0]

    def turned() -> None:
        st.query_params[key] = str(options[labels.index(st.session_state[key])])

    places = st.tabs(labels, key=key, on_change=turned)
    opened = next((place for place in places if place.open), places[0])
    return options[places.index(opened)], opened


def _take_from_address(options: Sequence[T], named: Callable[[T], str], key: str) -> None:
    found = _in_address(options, named, key)
    if found and key not in st.session_state:
        st.session_state[key] = found[0]


def _in_address(options: Sequence[T], named: Callable[[T], str], key: str) -> list[T]:
    """Those that the address names, by their value or as they are called on screen."""
    wanted = st.query_params.get_all(key)
    return [option for option in options if str(option) in wanted or named(option) in wanted]


def _first(default: T, key: str) -> T | None:
    """Streamlit asks that a value is given once: here, or in the session."""
    return None if key in st.session_state else default


def _kept(shown: T | None, default: T, key: str) -> T:
    chosen = default if shown is None else shown
    if chosen == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != str(chosen):
        st.query_params[key] = str(chosen)
    return chosen
