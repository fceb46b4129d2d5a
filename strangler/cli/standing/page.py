"""Where the migration stands, as one self-contained page that opens from disk."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from strangler.cli.output import counted
from strangler.cli.standing.gather import Migration, Standing
from strangler.cli.standing.words import check_words, platform_words, proof_words
from strangler.model import Stage

_STAGES = tuple(stage for stage in Stage if stage is not Stage.PLANNED)
_COLUMNS = ("Service", "Owner", "Stage", "Users", "Data", "Crossings", "Proof", "Platform", "Next safe step")


def page(found: Migration) -> str:
    """The page: a row per service, and what the last check found; light or dark as the reader's system is."""
    title = escape(f"{found.monolith}: where the migration stands")
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    head = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    rows = "".join(_row(standing) for standing in found.services)
    source = "The facade answers." if found.facade else "The facade does not answer: stages are those of the files."
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body><main>'
        f'<h1>{title}</h1><p class="soft">{escape(_sum(found))} {source}</p>'
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f"<p>{escape(check_words(found))}</p></main></body></html>\n"
    )


def _sum(found: Migration) -> str:
    gone = sum(standing.stage in (Stage.LIVE, Stage.SPLIT, Stage.RETIRED) for standing in found.services)
    carry = "carries all of its users" if len(found.services) == 1 else "carry all of their users"
    return f"{gone} of {counted(len(found.services), 'planned service')} {carry}."


def _row(standing: Standing) -> str:
    proof = proof_words(standing)
    trouble = standing.moved and not (standing.proof and standing.proof.holds and standing.proof.fresh)
    cells = (
        escape(standing.owner or "nobody yet"),
        _stage(standing),
        _users(standing),
        escape(standing.data or "-"),
        "-" if standing.crossings is None else str(standing.crossings),
        _marked(proof, bad=trouble),
        _marked(platform_words(standing), bad=standing.platform is not None and standing.platform.errors > 0),
        f"<code>{escape(standing.next)}</code>",
    )
    return f'<tr><th scope="row">{escape(standing.name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _marked(text: str, *, bad: bool) -> str:
    return f'<span class="bad">{escape(text)}</span>' if bad else escape(text)


def _stage(standing: Standing) -> str:
    here = _STAGES.index(standing.stage) if standing.stage in _STAGES else -1
    marks = "".join(f"<li{' class=reached' if n <= here else ''}></li>" for n in range(len(_STAGES)))
    rollout = f' <span class="soft">rollout {escape(standing.rollout)}</span>' if standing.rollout else ""
    return f'{escape(standing.stage)}{rollout}<ol class="stages" aria-hidden="true">{marks}</ol>'


def _users(standing: Standing) -> str:
    if standing.weight is None:
        return "-"
    share = f"{standing.weight:g}"
    return f'{share} %<div class="split" aria-hidden="true"><span style="width:{share}%"></span></div>'
