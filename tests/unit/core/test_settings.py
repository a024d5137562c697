"""The settings class, the README's table and `.env.example` say the same; nothing weak starts outside local."""

import base64
import re
import secrets
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import Settings, SettingsRefused, load_settings

ROOT = Path(__file__).resolve().parents[3]
GOOD = {
    "greenroom_env": "production",
    "greenroom_providers": "live",
    "greenroom_app_url": "https://app.greenroom.test",
    "greenroom_api_url": "https://api.greenroom.test",
    "database_url": "postgresql://u:p@db/greenroom",
    "redis_url": "redis://cache/0",
    "storage_url": "s3://bucket/prefix",
    "razorpay_key_id": "rzp_live_Abc123",
    "encryption_keys": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    **{
        name: secrets.token_urlsafe(32)
        for name in Settings.secret_fields
        if name not in ("encryption_keys", "razorpay_key_id")
    },
}


def names() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_readme_names_every_setting():
    assert set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "README.md").read_text(), re.M)) == names()


def test_example_names_every_setting():
    assert set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)) == names()


def test_a_whole_production_starts():
    assert not Settings.model_validate(GOOD).is_sandbox


@pytest.mark.parametrize("name", [n for n in Settings.secret_fields if n != "encryption_keys"])
@pytest.mark.parametrize("value", ["q7Zp2", "change-me-change-me-change-me", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_weak_secret_is_refused_by_name_and_not_shown(name: str, value: str):
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({**GOOD, name: value})
    said = "; ".join(e["msg"] for e in refused.value.errors(include_input=False))
    assert name.upper() in said
    assert value not in said


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"greenroom_providers": None}, "GREENROOM_PROVIDERS"),
        ({"greenroom_app_url": "http://plain.test"}, "GREENROOM_APP_URL"),
        ({"encryption_keys": "k1:c2hvcnQ="}, "encryption key"),
        ({"greenroom_env": "local", "greenroom_rate_scale": 0}, "greater than 0"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], named: str):
    with pytest.raises(ValidationError, match=named):
        Settings.model_validate({**GOOD, **change})


def test_locally_the_providers_are_the_sandbox():
    settings = Settings.model_validate(
        {**GOOD, "greenroom_env": "local", "greenroom_providers": None, "greenroom_sandbox_port": 9999}
    )
    assert settings.vapi_base_url == "http://127.0.0.1:9999/vapi"
    assert settings.razorpay_checkout_url == "http://127.0.0.1:9999/web/checkout.js"


def test_a_start_without_settings_names_them(monkeypatch: pytest.MonkeyPatch):
    for name in names():
        monkeypatch.delenv(name, raising=False)
    load_settings.cache_clear()
    with pytest.raises(SettingsRefused, match="DATABASE_URL"):
        load_settings()
    load_settings.cache_clear()
