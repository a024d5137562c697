"""Everything the environment decides, in one class. Nobody else reads the environment.

Secrets have no default: `make run` makes them for `GREENROOM_ENV=local`, everywhere else they must be given.
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.crypto import Keyring

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE_WORDS = ("change-me", "changeme", "example", "your-", "secret-key", "password", "xxx")
MIN_SECRET_CHARS = 16


class Environment(StrEnum):
    LOCAL = "local"
    STAGING = "staging"
    PRODUCTION = "production"


class Providers(StrEnum):
    SANDBOX = "sandbox"
    LIVE = "live"


class SettingsRefused(SystemExit):
    """The process must not start like this. The message names every variable and what is wrong with it."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False, env_ignore_empty=True)

    greenroom_env: Environment = Field(Environment.LOCAL, description="local, staging or production")
    greenroom_providers: Providers | None = Field(
        None, description="sandbox or live; sandbox where GREENROOM_ENV=local, required elsewhere"
    )
    greenroom_data_dir: Path = Field(Path(".data"), description="where the embedded stores keep their files")
    greenroom_app_port: int = Field(8501, description="port of the Streamlit application")
    greenroom_api_port: int = Field(8000, description="port of the HTTP interface")
    greenroom_sandbox_port: int = Field(8090, description="port of the providers' sandbox")
    greenroom_metrics_port: int | None = Field(
        None,
        description="Prometheus metrics of the API; the worker's are one port up, the application's two",
    )
    greenroom_metrics_address: str = Field("127.0.0.1", description="where metrics are shown; 0.0.0.0 in a container")
    otel_exporter_otlp_endpoint: str | None = Field(
        None, description="collector that takes traces by OTLP over HTTP; none are made when empty"
    )
    greenroom_app_url: str | None = Field(None, description="public address of the application")
    greenroom_api_url: str | None = Field(None, description="public address of the HTTP interface")
    greenroom_demo_password: SecretStr | None = Field(None, description="password of the demo accounts (local only)")
    greenroom_rate_scale: float = Field(1.0, gt=0, description="multiplies every rate limit (local only)")
    greenroom_reconcile_seconds: int = Field(60, ge=1, description="how often reconciliation runs")
    greenroom_reconcile_after_seconds: int = Field(
        120, ge=1, description="how long a thing waits before its provider is asked"
    )
    greenroom_worker_concurrency: int = Field(8, ge=1, le=64, description="jobs one worker runs at once")
    greenroom_worker_ready_file: Path | None = Field(None, description="file the worker touches once it takes jobs")
    greenroom_log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    database_url: SecretStr = Field(
        description="postgresql://user:password@host:port/name; several hosts by commas, of which one takes writes"
    )
    database_direct_url: SecretStr | None = Field(
        None, description="past a pooler in transaction mode, for the worker's LISTEN; DATABASE_URL when empty"
    )
    database_replica_urls: SecretStr | None = Field(None, description="read replicas, comma separated")
    database_replica_lag_seconds: float = Field(5.0, gt=0, le=60, description="a replica further behind is left out")
    database_pool_size: int = Field(10, ge=1, description="connections one process keeps")
    redis_url: SecretStr = Field(description="redis://, rediss://, redis+cluster:// or redis+sentinel://")
    storage_url: str = Field(description="file:///folder or s3://bucket/prefix")
    s3_endpoint_url: str | None = Field(None, description="an S3-speaking server other than Amazon's")

    jwt_secret: SecretStr = Field(description="signs access and refresh tokens")
    encryption_keys: SecretStr = Field(description="id:base64 of 32 bytes, comma separated, the first seals")
    access_token_minutes: int = Field(15, ge=1, le=60)
    refresh_token_days: int = Field(30, ge=1, le=90)
    oidc_metadata_url: str | None = Field(
        None, description="discovery document of an OpenID Connect provider to sign in with; empty: none"
    )
    oidc_client_id: str | None = Field(None, description="our id at that provider")
    oidc_client_secret: SecretStr | None = Field(None, description="our secret at that provider")
    oidc_name: str = Field("Google", description="what people call that provider")

    gemini_api_key: SecretStr = Field(description="key of the Gemini API")
    gemini_base_url: str = Field("https://generativelanguage.googleapis.com")
    gemini_model: str = Field("gemini-3.8-flash", description="writes questions, judges answers")
    gemini_fallback_model: str = Field("gemini-3.5-flash-lite", description="asked when the first is not to be had")
    gemini_timeout_seconds: float = Field(45.0, gt=0)
    gemini_input_price: float = Field(0.30, ge=0, description="US dollars a million tokens read")
    gemini_output_price: float = Field(2.50, ge=0, description="US dollars a million tokens written, thinking included")

    vapi_private_key: SecretStr = Field(description="Vapi's private key: reads and deletes calls")
    vapi_public_key: SecretStr = Field(description="Vapi's public key")
    vapi_web_call_key: SecretStr | None = Field(None, description="key for POST /call/web; the public key when empty")
    vapi_base_url: str = Field("https://api.vapi.ai")
    vapi_web_sdk_url: str = Field(
        "https://cdn.jsdelivr.net/npm/@vapi-ai/web@2.7.1/+esm", description="ES module of the Web SDK the browser loads"
    )
    vapi_webhook_secret: SecretStr = Field(description="authenticates Vapi's messages")
    vapi_webhook_previous_secret: SecretStr | None = Field(None, description="still taken while the secret is rotated")
    vapi_webhook_mode: str = Field(
        "hmac", pattern="^(hmac|secret)$", description="hmac, or a shared secret in X-Vapi-Secret"
    )
    vapi_signature_header: str = Field("X-Vapi-Signature")
    vapi_signature_prefix: str = Field("")
    vapi_signature_algorithm: str = Field("sha256", pattern="^(sha256|sha512|sha1)$")
    vapi_signature_encoding: str = Field("hex", pattern="^(hex|base64)$")
    vapi_secret_is_base64: bool = Field(False)
    vapi_timestamp_header: str = Field("", description="empty: the signature carries no time")
    vapi_payload_format: str = Field("{body}", description="what is signed, e.g. {timestamp}.{body}")
    vapi_replay_window_seconds: int = Field(300, ge=1)
    vapi_credential_id: str | None = Field(None, description="the custom credential Vapi signs with")
    vapi_timeout_seconds: float = Field(8.0, gt=0)

    razorpay_key_id: str = Field(description="public half of Razorpay's key")
    razorpay_key_secret: SecretStr = Field(description="secret half of Razorpay's key")
    razorpay_webhook_secret: SecretStr = Field(description="authenticates Razorpay's events")
    razorpay_webhook_previous_secret: SecretStr | None = Field(
        None, description="still taken while the secret is rotated"
    )
    razorpay_base_url: str = Field("https://api.razorpay.com")
    razorpay_checkout_url: str = Field("https://checkout.razorpay.com/v1/checkout.js")
    razorpay_timeout_seconds: float = Field(6.0, gt=0)

    aws_region: str = Field("ap-south-1")
    aws_endpoint_url: str | None = Field(None, description="another endpoint for SES and SNS")
    mail_from: str | None = Field(None, description="sender of mails; in-app notices only when empty")
    mail_folder: Path | None = Field(None, description="mails become files here instead of leaving (local only)")
    sms_enabled: bool = Field(False, description="send text messages to those who ask for them")
    sms_sender_id: str | None = Field(None, description="sender of text messages")
    sms_entity_id: str | None = Field(None, description="DLT entity, needed in India")
    sms_template_id: str | None = Field(None, description="DLT template, needed in India")

    price_voice_minute: int = Field(1500, ge=0, description="paise a minute, voice")
    price_text_minute: int = Field(800, ge=0, description="paise a minute, typed")
    price_base: int = Field(9900, ge=0, description="paise an interview")
    currency: str = Field("INR", pattern="^[A-Z]{3}$")
    dollar_price: int = Field(8800, gt=0, description="a US dollar in minor units of CURRENCY, for margins")
    greenroom_report_promise_seconds: int = Field(
        1800, ge=60, description="a report that takes longer after the end of the interview is refunded"
    )

    keep_interviews_days: int = Field(1095, ge=1, description="interviews, transcripts and reports are erased after")
    keep_recordings_days: int = Field(180, ge=1, description="recordings are erased after")
    keep_events_days: int = Field(30, ge=7, description="the providers' messages are erased after")
    keep_messages_days: int = Field(90, ge=1, description="mails that left, and sessions that ended, are erased after")

    secret_fields: ClassVar[tuple[str, ...]] = (
        "jwt_secret",
        "encryption_keys",
        "gemini_api_key",
        "vapi_private_key",
        "vapi_public_key",
        "vapi_webhook_secret",
        "razorpay_key_secret",
        "razorpay_webhook_secret",
    )

    @field_validator("encryption_keys")
    @classmethod
    def _keys_parse(cls, value: SecretStr) -> SecretStr:
        Keyring.parse(value.get_secret_value())
        return value

    @model_validator(mode="before")
    @classmethod
    def _aim_at_the_sandbox(cls, values: Any) -> Any:
        """Only base URLs differ between the sandbox and the providers; what is given by name wins."""
        data = {key.lower(): value for key, value in dict(values).items()}
        environment = data.get("greenroom_env") or Environment.LOCAL
        if not data.get("greenroom_providers") and environment == Environment.LOCAL:
            data["greenroom_providers"] = Providers.SANDBOX
        if data.get("greenroom_providers") == Providers.SANDBOX:
            sandbox = f"http://127.0.0.1:{data.get('greenroom_sandbox_port') or 8090}"
            data.setdefault("gemini_base_url", f"{sandbox}/gemini")
            data.setdefault("vapi_base_url", f"{sandbox}/vapi")
            data.setdefault("vapi_web_sdk_url", f"{sandbox}/web/vapi.mjs")
            data.setdefault("razorpay_base_url", f"{sandbox}/razorpay")
            data.setdefault("razorpay_checkout_url", f"{sandbox}/web/checkout.js")
        return data

    @model_validator(mode="after")
    def _sign_in_wholly_or_not_at_all(self) -> Self:
        if self.oidc_metadata_url and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("OIDC_METADATA_URL: OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong to it")
        return self

    @model_validator(mode="after")
    def _hold_outside_local(self) -> Self:
        if self.greenroom_providers is None:
            raise ValueError("GREENROOM_PROVIDERS: say sandbox or live")
        if self.is_local:
            return self
        problems = [name.upper() for name in self.secret_fields if _is_weak(getattr(self, name).get_secret_value())]
        if problems:
            raise ValueError(f"weak, short or still an example: {', '.join(problems)}")
        for name, value in (
            ("GREENROOM_APP_URL", self.greenroom_app_url),
            ("GREENROOM_API_URL", self.greenroom_api_url),
        ):
            if not value or not value.startswith("https://"):
                raise ValueError(f"{name}: an https address is needed outside local")
        return self

    @property
    def is_local(self) -> bool:
        return self.greenroom_env is Environment.LOCAL

    @property
    def is_sandbox(self) -> bool:
        return self.greenroom_providers is Providers.SANDBOX

    @property
    def app_url(self) -> str:
        return (self.greenroom_app_url or f"http://127.0.0.1:{self.greenroom_app_port}").rstrip("/")

    @property
    def api_url(self) -> str:
        return (self.greenroom_api_url or f"http://127.0.0.1:{self.greenroom_api_port}").rstrip("/")

    @property
    def rate_scale(self) -> float:
        return self.greenroom_rate_scale if self.is_local else 1.0

    @property
    def web_call_key(self) -> str:
        return (self.vapi_web_call_key or self.vapi_public_key).get_secret_value()

    @property
    def sqlalchemy_url(self) -> str:
        """The same address with the driver named, as SQLAlchemy wants it."""
        return with_driver(self.database_url.get_secret_value())

    @property
    def replica_urls(self) -> list[str]:
        given = self.database_replica_urls.get_secret_value() if self.database_replica_urls else ""
        return [with_driver(url.strip()) for url in given.split(",") if url.strip()]

    @property
    def direct_url(self) -> str:
        return (self.database_direct_url or self.database_url).get_secret_value()


def with_driver(url: str) -> str:
    """An address of Postgres as SQLAlchemy wants it. Several hosts move into the query, where its driver takes them;
    unless the address says otherwise, the one that takes writes is looked for.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql"):
        return url
    where, _, query = rest.partition("?")
    netloc, slash, name = where.partition("/")
    who, at, hosts = netloc.rpartition("@")
    if "," not in hosts:
        return f"postgresql+psycopg://{rest}"
    split = [host.rpartition(":") if ":" in host else (host, "", "5432") for host in hosts.split(",")]
    places = f"host={','.join(host for host, _, _ in split)}&port={','.join(port for _, _, port in split)}"
    sought = "" if "target_session_attrs" in query else "&target_session_attrs=read-write"
    return f"postgresql+psycopg://{who}{at}{slash}{name}?{places}{sought}{'&' if query else ''}{query}"


def _is_weak(secret: str) -> bool:
    lowered = secret.lower()
    return len(secret) < MIN_SECRET_CHARS or len(set(secret)) < 6 or any(word in lowered for word in EXAMPLE_WORDS)


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The process's settings, from the environment alone.

    Raises: SettingsRefused, naming each variable that is missing or cannot be taken (never its value).
    """
    try:
        return Settings.model_validate({})
    except ValidationError as exc:
        lines = [
            f"  {'.'.join(str(p) for p in e['loc']).upper() or 'settings'}: {e['msg']}"
            for e in exc.errors(include_input=False)
        ]
        raise SettingsRefused("Greenroom does not start with these settings:\n" + "\n".join(lines)) from None
