"""Which records are one document, by named rules that are data: merge, ask a person, or keep apart. Writes nothing."""
