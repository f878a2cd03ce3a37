"""Settings of the documentation: Sphinx, with pages in Markdown (MyST) and the Furo theme."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import c2c  # noqa: E402 - found by the line above

project = "c2c"
author = "The c2c developers"
project_copyright = "The c2c developers, MIT licence"
version = release = c2c.__version__

extensions = ["myst_parser", "generated"]
exclude_patterns = ["_build", "_ext"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = "c2c"
html_static_path = ["_static"]
html_css_files = ["c2c.css"]
html_show_sphinx = False
html_copy_source = False
