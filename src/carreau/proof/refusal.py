"""What is raised in place of a release that the attack could break."""

from carreau.attack.findings import Attack
from carreau.attack.sentences import sentence, verdict


class NotPublished(Exception):  # noqa: N818 - the name says what happened
    """A release that the attack broke, or could not search whole: nothing of it was published.

    `result` is what the attack brought home, for the operator alone: its findings are what must not be told.
    """

    def __init__(self, result: Attack) -> None:
        self.result = result
        super().__init__(result)

    def __str__(self) -> str:
        return verdict(self.result, "en")

    def sentences(self, language: str) -> list[str]:
        """The verdict, each finding and what was not searched, in words."""
        found = [sentence(finding, language) for finding in self.result.findings]
        return [verdict(self.result, language), *found, *self.result.not_searched]
