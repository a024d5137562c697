"""Signing in by an OpenID Connect provider: Streamlit speaks its protocol, our own session is what follows from it."""

import hashlib
from typing import Any

import streamlit as st

from core.accounts import federation
from core.i18n import _
from core.settings import Settings
from core.wiring import Greenroom

_USED = "auth.proof"


def secrets_of(settings: Settings) -> dict[str, Any] | None:
    """What Streamlit wants to know as `secrets`, None where there is no such provider."""
    if not settings.oidc_metadata_url or settings.oidc_client_secret is None:
        return None
    cookie = hashlib.sha256(f"oidc-cookie:{settings.jwt_secret.get_secret_value()}".encode()).hexdigest()
    return {
        "auth": {
            "redirect_uri": f"{settings.app_url}/oauth2callback",
            "cookie_secret": cookie,
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret.get_secret_value(),
            "server_metadata_url": settings.oidc_metadata_url,
        }
    }


def take_proof(app: Greenroom) -> str | None:
    """The id of the person whom the provider has just vouched for; None where it has not, or a second time.

    Raises: NotSignedIn, AddressNotProven, FieldProblem.
    """
    if not app.settings.oidc_metadata_url or not st.user.get("is_logged_in"):
        return None
    proof = federation.Proof.of_claims(st.user.to_dict())
    if proof is None or st.session_state.get(_USED) == proof.issued_at:
        return None
    st.session_state[_USED] = proof.issued_at
    with app.uow() as uow:
        return federation.sign_in_with(uow, proof)


def sign_in_button(settings: Settings) -> None:
    """The way to the provider, where there is one."""
    if settings.oidc_metadata_url:
        st.button(
            _("Continue with {name}").format(name=settings.oidc_name),
            icon=":material/login:",
            on_click=st.login,
            width="stretch",
        )
