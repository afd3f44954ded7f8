"""The laboratory alone, as one page for a classroom."""

from __future__ import annotations

from report.pages import jinja_env
from report.pages.jinja_env import Site, fill_template, make_environment
from report.pages.lab import Lab
from report.pages.lab_scripts import read_engine, read_panel, read_style
from report.pages.render import make_policy

#: What every such page holds, and so tells it from a file of somebody else's.
LAB_MARK = b'<script type="text/plain" id="lab-engine">'


def render_lab(lab: Lab) -> str:
    """The page: its panel, networks and scripts in one HTML text that asks for nothing else.

    Raises:
        RenderError: its template speaks of what is not there.
    """
    style = (jinja_env.TEMPLATES / "report.css").read_text("utf-8") + read_style()
    script = '"use strict";\n' + read_panel()
    dressed = {"style": style, "script": script, "policy": make_policy(style, script, works=True)}
    return fill_template(
        make_environment(Site()), "lab_alone.html.j2", {"lab": lab, "engine": read_engine(), **dressed}
    )
