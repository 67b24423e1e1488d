"""Where paints come from: one source a file."""
