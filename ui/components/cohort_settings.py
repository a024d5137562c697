"""Inviting learners and coaches, a cohort's settings, and taking its data along."""

import csv
import io
from typing import Any

import streamlit as st

from core.accounts.types import Actor, Role
from core.cohorts import coaches, roster, service, sheets, sponsoring
from core.cohorts.types import CohortView
from core.csv_rows import as_csv
from core.db import Uow
from core.i18n import _
from core.money import Money
from ui import routes, state, text
from ui.components.cohort import filters
from ui.components.note import note
from ui.components.notices import confirmed
from ui.guard import PageContext, foreseen
from ui.routes import Screen
from ui.text import plain

MAX_FILE_MB = 1


def manage(ctx: PageContext, seen: CohortView) -> None:
    _invite(ctx, seen)
    _coaches(ctx, seen)
    _settings(ctx, seen)
    _credit(ctx, seen)
    _data(ctx, seen)


def _invite(ctx: PageContext, seen: CohortView) -> None:
    if seen.archived:
        return
    with st.form("invite", border=True):
        st.markdown(f"**{_('Invite learners')}**")
        typed = st.text_area(_("E-mail addresses"), placeholder=_("one a line, or none for a link alone"), height=100)
        file = st.file_uploader(
            _("Or a CSV file with addresses in it"), type=["csv", "txt"], max_upload_size=MAX_FILE_MB
        )
        days = st.number_input(_("The link works for (days)"), 1, service.MAX_DAYS, service.DEFAULT_DAYS)
        if not st.form_submit_button(_("Make the invitation"), type="primary", icon=":material/mail:"):
            return
        emails = typed.replace(",", "\n").replace(";", "\n").split()
        if file is not None:
            emails += addresses_in(file.getvalue().decode("utf-8-sig", errors="replace"))
        with foreseen("cohort"):
            made = ctx.read(
                service.invite, seen.cohort_id, app_url=ctx.settings.app_url, emails=emails, expires_in_days=days
            )
            said = _("Invited: {invited}. The link works until {day}.")
            st.success(said.format(invited=made.invited, day=text.day(made.expires_at)))
            st.code(made.join_url, language=None, wrap_lines=True)


def addresses_in(content: str) -> list[str]:
    """Every cell of a CSV file that may be an address, whatever column it stands in and whatever parts the columns."""
    cells = (cell.strip() for row in csv.reader(io.StringIO(content.replace(";", ","))) for cell in row)
    return [cell for cell in cells if "@" in cell and " " not in cell]


def _coaches(ctx: PageContext, seen: CohortView) -> None:
    with st.container(border=True, key="coaches"):
        st.markdown(f"**{_('Coaches')}**")
        held = ctx.read(coaches.coaches, seen.cohort_id)
        for coach in held:
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.markdown(f"{plain(coach.name)} · {plain(coach.email)}")
                taken = len(held) > 1 and st.button(_("Take out"), key=f"coach-{coach.user_id}", type="tertiary")
            if taken:
                with foreseen("cohort"):
                    ctx.read(coaches.remove, seen.cohort_id, coach.user_id)
                    if coach.user_id == ctx.actor.user_id:
                        routes.go(Screen.COHORTS)
                    st.rerun()
        with st.form("add-coach", border=False, clear_on_submit=True):
            email = st.text_input(_("Address of another coach"))
            if st.form_submit_button(_("Add the coach"), icon=":material/person_add:"):
                with foreseen("cohort"):
                    ctx.read(coaches.add, seen.cohort_id, email)
                    st.rerun()
        note(_("Every coach of a cohort sees the same and may do the same."))


def _settings(ctx: PageContext, seen: CohortView) -> None:
    with st.form("cohort-settings", border=True):
        st.markdown(f"**{_('Settings')}**")
        name = st.text_input(_("Name"), value=seen.name, max_chars=service.MAX_NAME_CHARS)
        feedback_only = st.checkbox(_("Aggregates only: nobody's own figures are shown"), value=seen.feedback_only)
        archived = st.checkbox(_("Archived: nobody can join any more"), value=seen.archived)
        if st.form_submit_button(_("Save")):
            with foreseen("cohort"):
                ctx.read(service.change, seen.cohort_id, name=name, feedback_only=feedback_only, archived=archived)
                st.rerun()


def _credit(ctx: PageContext, seen: CohortView) -> None:
    held = ctx.read(sponsoring.credit, seen.cohort_id)
    with st.container(border=True, key="credit"):
        st.markdown(f"**{_('Sponsored interviews')}**")
        note(_("Credit left: {money}").format(money=text.money(held.left, held.currency)))
        with st.form("sponsor", border=False):
            each = st.number_input(
                _("Interviews of each member that the credit pays for"), 0, sponsoring.MAX_EACH, held.each
            )
            if st.form_submit_button(_("Save"), key="save-each"):
                with foreseen("cohort"):
                    ctx.read(sponsoring.set_each, seen.cohort_id, int(each))
                    st.rerun()
        if ctx.actor.role is not Role.ADMIN:
            note(_("Credit is added by Greenroom against your institution's invoice."))
            return
        with st.form("grant", border=False, clear_on_submit=True):
            amount = st.number_input(
                _("Credit to add, in {currency}").format(currency=held.currency),
                0,
                sponsoring.MAX_GRANT // 100,
                0,
            )
            if st.form_submit_button(_("Add the credit"), icon=":material/add_card:"):
                with foreseen("cohort"):
                    ctx.read(sponsoring.grant, seen.cohort_id, Money(int(amount) * 100, held.currency))
                    st.rerun()


def _data(ctx: PageContext, seen: CohortView) -> None:
    chosen = filters()

    def exported(uow: Uow, actor: Actor) -> list[tuple[Any, ...]]:
        return list(roster.export_rows(uow, actor, seen.cohort_id, chosen))

    row = st.container(horizontal=True, key="cohort-data")
    row.download_button(
        _("Download CSV"),
        lambda: "".join(as_csv(ctx.read(exported))),
        file_name=f"{seen.cohort_id}.csv",
        mime="text/csv",
        icon=":material/table:",
        on_click="ignore",
    )
    row.download_button(
        _("Download Excel"),
        lambda: sheets.as_xlsx(ctx.read(exported)),
        file_name=f"{seen.cohort_id}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/grid_on:",
        on_click="ignore",
    )
    deleted = confirmed(
        f"delete-{seen.cohort_id}",
        row=row,
        label=_("Delete the cohort"),
        icon=":material/delete:",
        warning=_("Memberships and figures of this cohort are erased. The learners' own interviews stay theirs."),
        yes=_("Delete for good"),
    )
    if deleted:
        with foreseen("cohort"):
            ctx.read(service.delete, seen.cohort_id)
            state.stop_asking()
            routes.go(Screen.COHORTS)
