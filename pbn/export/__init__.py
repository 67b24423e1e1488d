"""Formats: one a file. An exporter draws marks and knows nothing of kits."""
