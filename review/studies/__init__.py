"""Which records are one document, which reports are of one study, and what becomes of each study."""
