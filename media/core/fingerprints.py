"""What a signature was given for, short enough to be kept beside it."""

import hashlib
import json


def fingerprint(*facts: object) -> str:
    """The same for the same facts, in this order; anything that JSON can hold.

    >>> fingerprint("a", 1) == fingerprint("a", 1), fingerprint("a", 1) == fingerprint("a", 2)
    (True, False)
    """
    spelled = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]
