"""Clients of Redis in each of its kinds: a single server, sentinels, a cluster."""

from typing import Any
from urllib.parse import unquote, urlsplit

from redis import Redis, RedisCluster, Sentinel
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException, RedisError

AWAY = (RedisError, RedisClusterException, OSError)
"""What is raised while Redis is not to be had."""


def connect(url: str, *, timeout: float) -> Any:
    """A client of a single server, of sentinels or of a cluster; addresses as `core.ratelimit` tells them.

    A killed node must not hang anybody: every socket has its timeout.
    """
    timeouts: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    if not url.startswith(("redis+cluster://", "redis+sentinel://")):
        return Redis.from_url(url, **timeouts)
    parts = urlsplit(url)
    named = {"username": parts.username, "password": parts.password}
    options = {**timeouts, **{name: unquote(value) for name, value in named.items() if value}}
    places = [place.rpartition(":") for place in parts.netloc.rpartition("@")[2].split(",")]
    if url.startswith("redis+cluster://"):
        nodes = [ClusterNode(host, int(port)) for host, _, port in places]  # type: ignore[no-untyped-call]  # theirs
        return RedisCluster(startup_nodes=nodes, **options)
    sentinels = [(host, int(port)) for host, _, port in places]
    return _sentinel(sentinels, options).master_for(parts.path.strip("/"))


def _sentinel(places: list[tuple[str, int]], options: dict[str, Any]) -> Any:
    return Sentinel(places, sentinel_kwargs=options, **options)  # type: ignore[no-untyped-call]  # the library's own
