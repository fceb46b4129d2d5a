"""What each seam costs and is worth; every figure comes with the list it was counted from."""
