"""Recordings: real audio files of the call's length, behind links that are signed and soon expire."""

import array
import hashlib
import hmac
import io
import math
import time
import wave
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from sandbox.vapi.assistant import ArtifactPlan
from sandbox.vapi.call import Call, iso

LINK_SECONDS = 1800
WAV_RATE, WAV_MAX_SECONDS = 8000, 30.0
TONES_HZ = {"bot": 220.0, "user": 330.0}
TONE_VOLUME = 1200
MP3_HEADER = b"\xff\xf3\x18\xc0"
"""MPEG-2 layer III, 16 kHz, mono, 8 kbit/s."""
MP3_FRAME_BYTES, MP3_FRAME_SECONDS = 36, 576 / 16_000
MP3_MAX_SECONDS = 3600.0

Track = Literal["mono", "stereo", "customer", "assistant"]
TRACKS: tuple[Track, ...] = ("mono", "stereo", "customer", "assistant")


def media_type(call: Call) -> tuple[str, str]:
    """File name ending and media type that the call's assistant asked for."""
    return ("mp3", "audio/mpeg") if _plan(call).recording_format == "mp3" else ("wav", "audio/wav")


def is_recorded(call: Call) -> bool:
    return _plan(call).recording_enabled and call.status == "ended" and bool(call.rows)


def _plan(call: Call) -> ArtifactPlan:
    return ArtifactPlan.model_validate(call.assistant.get("artifactPlan") or {})


def raw_url(call: Call, track: Track) -> str:
    """The address as the report names it: private, so that it is of no use unsigned."""
    return f"{call.base_url}/vapi/recordings/{call.id}-{track}.{media_type(call)[0]}"


def signed_url(call: Call, track: Track, secret: str) -> str:
    expires = int(time.time()) + LINK_SECONDS
    name = f"{call.id}-{track}.{media_type(call)[0]}"
    query = urlencode(
        {"X-Amz-Expires": LINK_SECONDS, "expires": expires, "X-Amz-Signature": signature(name, expires, secret)}
    )
    return f"{call.base_url}/vapi/recordings/{name}?{query}"


def signature(name: str, expires: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"{name}\n{expires}".encode(), hashlib.sha256).hexdigest()


def links(call: Call, secret: str) -> dict[str, Any]:
    """The artifact's fields about the recording. The presigned ones are new each time they are asked for."""
    if not is_recorded(call):
        return {}
    raw = {track: raw_url(call, track) for track in TRACKS}
    mono = {"combinedUrl": raw["mono"], "assistantUrl": raw["assistant"], "customerUrl": raw["customer"]}
    return {
        "recordingUrl": raw["mono"],
        "stereoRecordingUrl": raw["stereo"],
        "recording": {"stereoUrl": raw["stereo"], "mono": mono},
        "presignedMonoUrl": signed_url(call, "mono", secret),
        "presignedStereoUrl": signed_url(call, "stereo", secret),
        "presignedAssistantUrl": signed_url(call, "assistant", secret),
        "presignedCustomerUrl": signed_url(call, "customer", secret),
        "presignedUrlsExpiresAt": iso(datetime.fromtimestamp(time.time() + LINK_SECONDS, UTC)),
    }


def audio(call: Call, track: Track) -> bytes:
    return _silent_mp3(call.clock) if media_type(call)[0] == "mp3" else _tones(call, track)


def _silent_mp3(seconds: float) -> bytes:
    """Frames without sound are valid frames, and small: a thousand bytes a second."""
    frames = math.ceil(min(max(seconds, 1.0), MP3_MAX_SECONDS) / MP3_FRAME_SECONDS)
    return MP3_HEADER.ljust(MP3_FRAME_BYTES, b"\0") * frames


def _tones(call: Call, track: Track) -> bytes:
    """A low tone while the interviewer speaks, a higher one while the candidate does; the first half minute."""
    heard = {"mono": ("bot", "user"), "stereo": ("bot", "user"), "assistant": ("bot",), "customer": ("user",)}[track]
    seconds = min(max(call.clock, 1.0), WAV_MAX_SECONDS)
    samples = array.array("h", bytes(2 * int(seconds * WAV_RATE)))
    for row in call.rows:
        if row.role in heard:
            step = 2 * math.pi * TONES_HZ[row.role] / WAV_RATE
            for at in range(int(row.start * WAV_RATE), min(int(row.end * WAV_RATE), len(samples))):
                samples[at] = int(TONE_VOLUME * math.sin(step * at))
    sound = io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(WAV_RATE)
        out.writeframes(samples.tobytes())
    return sound.getvalue()
