"""The results site: records and pictures of a run, laid out as static pages.

Rooms: `reading` (records with their files), `placing` and `depth_colours` (pictures), page objects that know no
HTML (`home`, `approaches`, `training`, `galleries`, `scale`, `speed`, `reproduce`, with `tables` and `charts`), then
`rendering` and `build`.
"""

from c2c.site.build import build_site

__all__ = ["build_site"]
