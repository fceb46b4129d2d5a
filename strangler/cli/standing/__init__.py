"""Where each service of the plan stands: gathered from plan, files and facade, shown as a table or a page."""

from strangler.cli.standing.gather import Migration, Standing, gather
from strangler.cli.standing.page import page
from strangler.cli.standing.words import check_words, platform_words, proof_words

__all__ = ["Migration", "Standing", "check_words", "gather", "page", "platform_words", "proof_words"]
