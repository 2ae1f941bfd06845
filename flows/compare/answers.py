"""What a language model answered, kept in a small SQLite file, so that the same question is never paid for twice."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from seeds.errors import SeedwatchError

_TABLE = """
create table if not exists answers (
    question text primary key,  -- hash of engine, prompt, fact, passage and dates
    content text not null,      -- as the model gave it
    answered_at text not null   -- UTC
) without rowid
"""


class Answers:
    """The file at ``path``, made on first use; several processes may use it. What it cannot do is a SeedwatchError.

    Texts and keys are not in it: a question is known by its hash, an answer quotes at most its passage.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        try:
            self._file = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            self._file.execute(_TABLE)
        except sqlite3.Error as error:
            raise self._fault(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def get(self, question: str) -> str | None:
        """The answer to the question of this key, if there is one."""
        try:
            row = self._file.execute("select content from answers where question = ?", [question]).fetchone()
        except sqlite3.Error as error:
            raise self._fault(error) from error
        return None if row is None else str(row[0])

    def put(self, question: str, content: str) -> None:
        """Keeps an answer, on disk when this returns."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self._file.execute("insert or replace into answers values (?, ?, ?)", [question, content, now])
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: sqlite3.Error) -> SeedwatchError:
        return SeedwatchError(f"{self._path}: the answers of the language model cannot be kept there: {error}")
