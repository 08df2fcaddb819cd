"""The shared vocabulary: frozen values and pure functions, no input or output."""
