from __future__ import annotations

from strangler.analysis import Analysis, Seam


def test_a_seam_is_found_by_id_and_by_name() -> None:
    seam = Seam("s1", "billing", ("shop.billing",), 0.9, 1)
    analysis = Analysis("0", seams=(seam,))
    assert analysis.seam("s1") is analysis.seam("billing") is seam
    assert analysis.seam("orders") is None
