"""What the doctor says: one sentence on each thing that was looked at."""

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    subject: str
    sentence: str
    bad: bool = False

    def __str__(self) -> str:
        return f"{'✗' if self.bad else '✓'} {self.subject}: {self.sentence}"
