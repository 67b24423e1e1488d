"""Values and algorithms: no settings, files, console, web, torch or PDF in here."""
