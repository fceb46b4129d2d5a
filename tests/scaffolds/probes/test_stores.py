from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from strangler_scaffolds.probes import stores


class Base(DeclarativeBase):
    pass


class Level(Base):
    __tablename__ = "levels"
    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]


def test_a_session_that_cannot_read_later_reads_at_once_what_the_service_wrote() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        kept, gone = Level(id=1, amount=1), Level(id=2, amount=2)
        session.add_all([kept, gone])
        session.flush()
        session.execute(text("UPDATE levels SET amount = 7 WHERE id = 1"))
        session.execute(text("DELETE FROM levels WHERE id = 2"))
        stores._read_again(session)
        assert vars(kept)["amount"] == 7
        assert gone not in session
