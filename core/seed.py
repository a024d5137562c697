"""Makes the demo accounts of a local installation: `python -m core.seed`. Safe to repeat."""

from core.accounts import passwords, repo, service
from core.accounts.types import Role
from core.db import Uow
from core.settings import load_settings
from core.wiring import build

DEMO = (
    ("candidate", "Asha Demo", Role.CANDIDATE),
    ("coach", "Ravi Demo", Role.COACH),
    ("admin", "Meera Demo", Role.ADMIN),
)


class NotLocal(SystemExit):
    def __init__(self) -> None:
        super().__init__("Demo accounts are made in GREENROOM_ENV=local only, with GREENROOM_DEMO_PASSWORD set.")


def seed(uow: Uow, password: str) -> None:
    """Open the accounts that are missing, and give those that are there the password of this start."""
    for username, name, role in DEMO:
        user = repo.user_by_username(uow, username)
        if user is None:
            made = service.register(
                uow, username=username, email=f"{username}@demo.example.com", name=name, password=password, role=role
            )
            made.email_verified_at = uow.now
        elif not passwords.matches(password, user.password_hash):
            user.password_hash = passwords.hash_password(password)


def main() -> None:
    settings = load_settings()
    if not settings.is_local or settings.greenroom_demo_password is None:
        raise NotLocal
    with build(settings).uow() as uow:
        seed(uow, settings.greenroom_demo_password.get_secret_value())


if __name__ == "__main__":
    main()
