"""ContentFault: what is wrong in the content, with the file and the line of it."""


class ContentFault(Exception):
    """The content cannot be used. The message lists each fault as `file:line: sentence`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
