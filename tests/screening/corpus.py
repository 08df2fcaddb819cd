"""Eighty made-up records on four topics, one of which is relevant; always the same."""

from __future__ import annotations

import random

TOPICS = {
    "dry eye": "tear film osmolarity cornea staining drops lubricant gland secretion blink comfort",
    "knee pain": "cartilage joint load walking exercise brace quadriceps stiffness replacement gait",
    "sleep": "insomnia latency rest night waking light clock tired therapy schedule",
    "asthma": "airway wheeze inhaler spirometry steroid allergen cough attack control peak",
}
RELEVANT = "dry eye"


def corpus() -> tuple[list[str], list[int]]:
    """Texts and labels (1 for the topic RELEVANT), in a mixed order."""
    draw = random.Random(20)
    records = []
    for topic, words in TOPICS.items():
        for number in range(20):
            own = draw.choices(words.split(), k=14)
            borrowed = draw.choices(" ".join(TOPICS.values()).split(), k=10)
            mixed = [*own, *borrowed]
            draw.shuffle(mixed)
            records.append((f"Trial {number} of {topic if number % 3 else 'care'}: {' '.join(mixed)}", int(topic == RELEVANT)))
    draw.shuffle(records)
    return [text for text, _ in records], [label for _, label in records]
