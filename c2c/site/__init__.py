"""The results site: records and pictures of a run, laid out as static pages.

Rooms: `reading` (records with their files), `placing`, `thumbnails` and `depth_colours` (pictures), `files` (the folder
that they and the pages go to), `gaps` (what is missing), page objects that know no HTML (`home` with `cities`,
`extremes`, `verdicts` and `ruler`; `data`, `depth_chain`, `approaches`, `training`, `galleries`, `scale`, `speed`,
`reproduce`, with `tables` and `charts`), then
`rendering` and `build`.

Plots: `plots` draws with matplotlib, `inline_svg` makes its drawings fit for a page. `speed_page` puts `fronts` (cost
against quality), `speed` and `history` together; `costs` is what each approach costs, `drawings` how it works.
`exports` writes tables to take away.

`galleries` holds every picture of one approach; `compare` puts the approaches beside each other.

Only where they are asked for: `try_it`, a page that runs networks in the browser, with `runtime`, what runs them there;
`serving`, a web server for this machine.

Videos side by side, and how much they flicker, are `video`.

The blind study is `study` (what is asked), `votes` (what visitors handed in) and `study_results` (what they said);
`against` and `moved_pictures` tell what differs from another run. `made` writes the pictures that both need.
"""

from c2c.site.build import Built, build_site

__all__ = ["Built", "build_site"]
