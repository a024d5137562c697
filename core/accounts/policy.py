"""Who may do what beyond their own things. A candidate's own things are found by owner, so they need no role."""

from core.accounts.types import Actor, Role
from core.errors import Forbidden


def require_admin(actor: Actor) -> None:
    """Raises: Forbidden."""
    if actor.role is not Role.ADMIN:
        raise Forbidden


def sees_others(actor: Actor) -> bool:
    """Coaches, and admins in their place."""
    return actor.role in (Role.COACH, Role.ADMIN)


def require_coach(actor: Actor) -> None:
    """Raises: Forbidden."""
    if not sees_others(actor):
        raise Forbidden
