"""Seam → service, client, proof. Nothing here reads source to find crossings: the analysis document has them."""
