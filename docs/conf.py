"""The documentation as a site: `make docs` writes it to build/docs."""

from strangler import __version__

project = "Strangler"
author = "the Strangler authors"
release = version = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["examples"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Strangler"
smartquotes = False
# Links to files of the repository (examples, LICENSE) are files of the clone, not pages of the site.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]
