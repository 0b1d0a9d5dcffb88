"""Ids that stand in addresses: random, so that they say nothing of order, time, person or file."""

import secrets

# Digits and letters that are not taken for one another when read aloud or copied by hand.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
LENGTH = 12


def new_id() -> str:
    """Twelve characters, 60 random bits.

    >>> len(new_id()), set(new_id()) <= set(ALPHABET)
    (12, True)
    """
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
