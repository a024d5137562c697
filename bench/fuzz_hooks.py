"""What schemathesis is told about this interface: see `bench.fuzz`."""

import re
import uuid
from typing import Any

import schemathesis

KEY = "Idempotency-Key"
_VALID = re.compile(r"[\x21-\x7e]{1,255}")


@schemathesis.hook
def map_case(_context: Any, case: Any) -> Any:
    """Give each creating call a key of its own; what is no key stays what it is.

    An answer that is told again tells what was done then, not what is there now: the check that what a 201 names can
    be read would find what was deleted meanwhile. That repeats are told again is tested where deletions are in sight.
    """
    given = (case.headers or {}).get(KEY)
    if isinstance(given, str) and _VALID.fullmatch(given):
        case.headers[KEY] = str(uuid.uuid4())
    return case
