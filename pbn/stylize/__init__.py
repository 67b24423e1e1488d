"""Style transfer: one engine a file. Torch is imported here only, and only when an engine runs."""
