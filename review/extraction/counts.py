"""Which numbers of people a printed percentage may stand for: every whole number of n that rounds to it as it was printed."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal


def counts_of(percentage: Decimal, n: int) -> range:
    """The whole numbers from 0 to *n* whose share rounds to *percentage*, with the decimals that it was printed with.

    A half counts both ways, since how a source rounds is not known.

    >>> list(counts_of(Decimal("45"), 60)), list(counts_of(Decimal("4.5"), 600)), list(counts_of(Decimal("45.3"), 60))
    ([27], [27], [])
    >>> list(counts_of(Decimal("45"), 600))
    [267, 268, 269, 270, 271, 272, 273]
    """
    exponent = percentage.as_tuple().exponent
    half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
    low = ((percentage - half) * n / 100).to_integral_value(ROUND_CEILING)
    high = ((percentage + half) * n / 100).to_integral_value(ROUND_FLOOR)
    return range(max(0, int(low)), min(n, int(high)) + 1)
