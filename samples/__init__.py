"""Small inputs of known licence; see SOURCES.md."""
