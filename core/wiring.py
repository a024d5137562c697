"""Builds the application once per process: settings, stores, providers. The only importer of adapters."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Engine

from core import sealing
from core.adapters.aws_messages import SesMailer, SnsTexter
from core.adapters.gemini import GeminiModel
from core.adapters.gemini_ears import GeminiEars
from core.adapters.mail_folder import FolderMailer
from core.adapters.object_store import CloudStore
from core.adapters.razorpay import RazorpayPayments
from core.adapters.resilience import observe_with
from core.adapters.vapi import VapiVoice
from core.cache import Cache
from core.clock import Clock, utc_now
from core.crypto import Keyring
from core.db import Transactions, connect, connect_unpooled
from core.keys import EnvelopeKeyring
from core.live import Live
from core.operations.health import HealthBoard
from core.ports.language_model import LanguageModel
from core.ports.messages import Mailer, Texter
from core.ports.payments import Payments
from core.ports.storage import ObjectStore
from core.ports.transcription import Transcriber
from core.ports.voice import Voice
from core.ratelimit import RateLimits
from core.replicas import Replicas
from core.settings import Settings, load_settings


@dataclass(frozen=True)
class Greenroom:
    """What a page, a route or a job is handed. `with greenroom.uow() as uow:` opens a transaction."""

    settings: Settings
    clock: Clock
    engine: Engine
    keyring: Keyring
    uow: Transactions
    voice: Voice
    payments: Payments
    model: LanguageModel
    ears: Transcriber
    mail: Mailer
    sms: Texter
    objects: ObjectStore
    cache: Cache
    live: Live
    health: HealthBoard
    rates: RateLimits


def build(settings: Settings, *, clock: Clock = utc_now) -> Greenroom:
    """Connect nothing yet, configure everything. Installs the process's keyring."""
    engine = connect(settings.sqlalchemy_url, pool_size=settings.database_pool_size)
    ring = EnvelopeKeyring(
        Keyring.parse(settings.encryption_keys.get_secret_value()), connect_unpooled(settings.sqlalchemy_url), clock
    )
    sealing.install(ring)
    live = Live(settings.redis_url.get_secret_value())
    cache = Cache(settings.redis_url.get_secret_value(), ring)
    health = HealthBoard(cache)
    readers = Replicas(
        engine,
        [connect(url, pool_size=settings.database_pool_size) for url in settings.replica_urls],
        cache,
        watcher=connect(settings.sqlalchemy_url, pool_size=1),
        max_lag_seconds=settings.database_replica_lag_seconds,
    )
    observe_with(lambda provider, outcome: health.note(provider, outcome, clock()))
    return Greenroom(
        settings=settings,
        clock=clock,
        engine=engine,
        keyring=ring,
        uow=Transactions(engine, clock, readers, tell=live.tell),
        voice=VapiVoice(settings),
        payments=RazorpayPayments(settings),
        model=GeminiModel(settings),
        ears=GeminiEars(settings),
        mail=_mailer(settings),
        sms=SnsTexter(settings),
        objects=CloudStore(settings.storage_url, ring, s3_endpoint_url=settings.s3_endpoint_url),
        cache=cache,
        live=live,
        health=health,
        rates=RateLimits(settings.redis_url.get_secret_value(), scale=settings.rate_scale),
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.is_local and settings.mail_folder and not settings.mail_from:
        return FolderMailer(settings.mail_folder)
    return SesMailer(settings)


@lru_cache(maxsize=1)
def greenroom() -> Greenroom:
    """This process's application."""
    return build(load_settings())
