"""The parts of the operator's screen. Nothing of what people said is shown on it."""

from enum import StrEnum

import streamlit as st

from core.i18n import N_, Worded, _, ngettext
from core.notifications.models import MessageStatus
from core.operations import service
from core.operations.types import EventView, Overview
from core.webhooks.models import EventStatus
from ui import text, words
from ui.components.note import note
from ui.guard import PageContext, foreseen
from ui.text import plain

EVENTS_SHOWN = 25
_STATES: dict[str, tuple[str, words.BadgeColor]] = {
    "ok": (N_("Working"), "green"),
    "struggling": (N_("Struggling"), "orange"),
    "down": (N_("Down"), "red"),
    "quiet": (N_("Not called lately"), "gray"),
}
_PROVIDERS = Worded(
    {
        "vapi": N_("Vapi (voice)"),
        "razorpay": N_("Razorpay (payments)"),
        "gemini": N_("Gemini (questions and judging)"),
        "ses": N_("SES (mail)"),
        "sns": N_("SNS (text messages)"),
    }
)
_ACCOUNTS = Worded(
    {
        "provider": N_("Held by the payment provider"),
        "prepaid": N_("Paid, not delivered yet"),
        "earned": N_("Earned"),
        "owed_back": N_("On its way back"),
        "receivable": N_("Invoiced to institutions"),
        "sponsors": N_("Credit of cohorts"),
    }
)


class View(StrEnum):
    """A part of the screen; the value stands in the address, so that a link works in every language."""

    PROVIDERS = "providers"
    EVENTS = "events"
    STUCK = "stuck"
    MESSAGES = "messages"
    MONEY = "money"


VIEWS = Worded(
    {
        View.PROVIDERS: N_("Providers"),
        View.EVENTS: N_("Events"),
        View.STUCK: N_("Stuck"),
        View.MESSAGES: N_("Messages"),
        View.MONEY: N_("Money"),
    }
)


def attention(seen: Overview) -> None:
    """The figures that should be zero."""
    with st.grid(4, min_column_width=130):
        st.metric(_("Dead events"), seen.dead_events, border=True)
        st.metric(_("Failed jobs"), seen.failed_jobs, border=True)
        st.metric(_("Stuck"), seen.stuck, border=True)
        st.metric(_("Unsent messages"), seen.unsent_messages, border=True)
    if seen.differences:
        st.error(
            _("**The ledger does not add up.** {names}").format(names=plain("; ".join(seen.differences[:5]))),
            icon=":material/error:",
        )
    elif seen.proven_long_ago:
        st.warning(
            _(
                "The books were last proven on {day}. What was changed before is not looked at until they are again."
            ).format(day=text.day(seen.proven_long_ago)),
            icon=":material/history:",
        )
    elif not (seen.dead_events or seen.failed_jobs or seen.unsent_messages or seen.stuck):
        st.success(_("Nothing needs you. The ledger adds up."), icon=":material/check_circle:")


def providers(ctx: PageContext) -> None:
    note(_("Over the last 15 minutes, as all our processes have seen it."))
    for provider in ctx.greenroom.health.read(ctx.greenroom.clock()):
        label, color = _STATES[provider.state]
        with st.container(border=True, key=f"provider-{provider.provider}", gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.markdown(f"**{_PROVIDERS[provider.provider]}**")
                st.badge(_(label), color=color)
            if provider.calls:
                share = provider.failed / provider.calls
                st.markdown(
                    _("{calls} calls, {failed} failed ({share})").format(
                        calls=provider.calls, failed=provider.failed, share=f"{share:.0%}"
                    )
                )
            if provider.outcomes:
                note(", ".join(f"{plain(code)}: {count}" for code, count in sorted(provider.outcomes.items())))


def events(ctx: PageContext) -> None:
    if counts := ctx.look(service.events_by_state):
        note(_("Of the last 24 hours, and all that are not done with."))
        counted = [
            {_("Source"): source, _("State"): status.value, _("Events"): count}
            for (source, status), count in sorted(counts.items())
        ]
        st.dataframe(counted, hide_index=True)
    status = st.selectbox(_("Show events"), list(EventStatus), index=3, format_func=lambda s: s.value.capitalize())
    listed = ctx.look(service.events_page, status=status, limit=EVENTS_SHOWN).items
    if not listed:
        st.markdown(_("No event is in this state."))
    for event in listed:
        _event(ctx, event)


def _event(ctx: PageContext, event: EventView) -> None:
    with st.container(border=True, key=f"event-{event.event_id}", gap="xsmall"):
        st.markdown(f"**{plain(event.source)} · {plain(event.type)}** · {text.day_and_time(event.received_at)}")
        outcome = plain(event.outcome or _("not handled yet"))
        tries = ngettext("{count} attempt", "{count} attempts", event.attempts).format(count=event.attempts)
        note(f"{event.event_id} · {tries} · {outcome}")
        if st.button(_("Replay"), key=f"replay-{event.event_id}", icon=":material/replay:"):
            with foreseen("operations"):
                ctx.read(service.replay, event.event_id)
                st.rerun()


def stuck(ctx: PageContext) -> None:
    seen = ctx.look(service.stuck)
    if not seen.number:
        st.markdown(_("No interview and no payment is stuck. Reconciliation asks the providers every minute."))
    if seen.sessions:
        st.subheader(_("Interviews"), anchor=False)
        st.dataframe(
            [
                {_("Interview"): s.session_id, _("State"): s.status.value, _("Attempt"): s.attempt, _("Since"): s.since}
                for s in seen.sessions
            ],
            hide_index=True,
        )
    if seen.payments:
        st.subheader(_("Payments"), anchor=False)
        st.dataframe(
            [
                {
                    _("Payment"): p.payment_id,
                    _("State"): _("to be returned") if p.refund_due else p.status.value,
                    _("Amount"): text.money(p.amount, p.currency),
                    _("Since"): p.since,
                }
                for p in seen.payments
            ],
            hide_index=True,
        )
    listed = len(seen.sessions) + len(seen.payments)
    if seen.number > listed:
        note(_("Shown here: the first {shown} of {number}.").format(shown=listed, number=seen.number))
    if waiting := ctx.look(service.jobs):
        st.subheader(_("Jobs"), anchor=False)
        st.dataframe(
            [{_("Job"): job, _("State"): status, _("Number"): count} for (job, status), count in waiting.items()],
            hide_index=True,
        )


def messages(ctx: PageContext) -> None:
    counts = ctx.look(service.messages_by_state)
    if not counts:
        st.markdown(_("No message was written in the last 24 hours, and none waits."))
        return
    note(_("Of the last 24 hours, and all that have not left."))
    st.dataframe(
        [
            {_("Channel"): channel.value, _("State"): status.value, _("Messages"): count}
            for (channel, status), count in sorted(counts.items())
        ],
        hide_index=True,
    )
    for message in ctx.look(service.messages, status=MessageStatus.FAILED):
        with st.container(border=True, key=f"message-{message.message_id}", gap="xsmall"):
            st.markdown(f"**{plain(message.kind)}** · {message.channel} · {text.day_and_time(message.created_at)}")
            if st.button(_("Send again"), key=f"send-{message.message_id}", icon=":material/send:"):
                with foreseen("operations"):
                    ctx.read(service.send_again, message.message_id)
                    st.rerun()


def money(ctx: PageContext) -> None:
    seen, currency = ctx.look(service.money, dollar_price=ctx.settings.dollar_price), ctx.settings.currency
    st.subheader(_("Ledger"), anchor=False)
    if seen.balances:
        for balance in seen.balances:
            st.markdown(f"{_ACCOUNTS[balance.account]}: **{text.money(balance.amount, balance.currency)}**")
    else:
        st.markdown(_("Nothing has been booked yet."))
    st.subheader(_("Cost and margin, last 30 days"), anchor=False)
    if not seen.margins:
        st.markdown(_("No interview was delivered yet."))
        return
    st.dataframe(
        [
            {
                _("Type"): words.TYPES[m.type],
                _("Delivered"): m.interviews,
                _("Earned"): text.money(m.earned, currency),
                _("Providers' cost"): text.money(m.cost, currency),
                _("Cost each"): text.money(m.cost_each, currency),
                _("Margin"): f"{m.margin / m.earned:.0%}" if m.earned else words.TO,
            }
            for m in seen.margins
        ],
        hide_index=True,
    )
    note(_("Days end at midnight UTC. A refund for an earlier day counts from the following night on."))
