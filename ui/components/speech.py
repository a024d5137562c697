"""How it was said, as facts: a panel of its own that never counts towards the score."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import N_, _
from ui import words
from ui.components.listening import Listening
from ui.components.note import note
from ui.text import plain

LOW_QUALITY = N_("The transcript is of low quality, so figures about delivery are not shown.")
STORY_PARTS: Mapping[str, str] = {"s": N_("Situation"), "t": N_("Task"), "a": N_("Action"), "r": N_("Result")}


def speech_panel(speech: Mapping[str, Any], *, listening: Listening | None = None) -> None:
    """Draw what the report measured. What could not be measured says so, and is never shown as nothing."""
    figures: Mapping[str, Mapping[str, Any]] = speech.get("figures") or {}
    if not figures:
        return
    with st.expander(_("How you spoke (not part of the score)"), icon=":material/graphic_eq:"):
        if speech.get("hiddenForQuality"):
            st.info(_(LOW_QUALITY), icon=":material/info:")
        with st.grid(2, min_column_width=260, key="speech"):
            for name, figure in figures.items():
                with st.container(border=True, height="stretch", gap="xsmall", key=f"speech-{name}"):
                    _figure(name, figure, listening)
        for story in speech.get("stories") or ():
            _story(story, listening)


def _figure(name: str, figure: Mapping[str, Any], listening: Listening | None) -> None:
    label = words.SPEECH.get(name, name)
    if not figure["measured"]:
        st.markdown(f"**{label}**: {_('not measured')}")
        note(_(figure["note"]))
        return
    low, high = figure["normal"]
    inside = low <= figure["value"] <= high
    mark = _("usual") if inside else _("outside the usual range")
    st.markdown(f"**{label}**: {figure['value']:g} {_(figure['unit'])} · {mark}")
    st.markdown(_("Usual: {low} to {high}. {note}").format(low=f"{low:g}", high=f"{high:g}", note=_(figure["note"])))
    if figure.get("source"):
        note(_("Source: {name}.").format(name=figure["source"]))
    if listening is not None:
        for at, moment in enumerate(figure.get("moments") or ()):
            listening.button(moment["turnId"], moment["startMs"], key=f"speech-{name}-{at}")


def _story(story: Mapping[str, Any], listening: Listening | None) -> None:
    """Which parts a told story has, each with its words: action and result are what listeners wait for."""
    st.markdown(f"**{_('Story in question {number}').format(number=story['questionOrder'])}**")
    for part, label in STORY_PARTS.items():
        found = story["parts"].get(part)
        if found is None:
            st.markdown(f":gray-badge[{_(label)}] {_('not heard')}")
            continue
        st.markdown(f":green-badge[{_(label)}] \u201c{plain(found['quote'])}\u201d")
    moments = {f["turnId"]: f["startMs"] for f in story["parts"].values() if f}
    if listening is not None:
        for turn_id, start_ms in moments.items():
            listening.button(turn_id, start_ms, key=f"story-{story['questionOrder']}-{turn_id}")
