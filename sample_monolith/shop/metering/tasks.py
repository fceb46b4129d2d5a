from shop.metering import rollups


def roll_up_pending(max_batches: int = 20) -> int:
    """Periodic: fold everything that waits, in short transactions."""
    done = 0
    for _ in range(max_batches):
        folded = rollups.roll_up()
        done += folded
        if folded < rollups.BATCH:
            break
    return done
