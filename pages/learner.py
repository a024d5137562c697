"""One learner, as far as they share it with their coach."""

import streamlit as st

from core.accounts.types import Role
from core.analytics.service import TREND_POINTS
from core.cohorts import learners
from core.i18n import _
from ui import routes, text
from ui.components import learner as parts
from ui.components.note import note
from ui.components.remarking import notes
from ui.guard import PageContext, page
from ui.routes import Screen
from ui.text import plain


@page(role=Role.COACH)
def learner(ctx: PageContext) -> None:
    cohort_id, user_id = ctx.cohort_id(), ctx.learner_id()
    seen = ctx.look(learners.learner, cohort_id, user_id, latest=TREND_POINTS)
    routes.link(Screen.COHORT, _("Back to the cohort"), icon=":material/arrow_back:", cohort=cohort_id)
    st.title(plain(seen.name), anchor=False)
    note(_("Joined {day} · {shares}").format(day=text.day(seen.joined_at), shares=parts.shares(seen)))
    if seen.interviews is None:
        st.info(_("Scores are not shared, so there is nothing to show here."), icon=":material/lock:")
    else:
        parts.figures(seen)
        parts.interviews(ctx, cohort_id, seen)
    notes(ctx, cohort_id, user_id)
    parts.remove_button(ctx, cohort_id, seen)


learner()
