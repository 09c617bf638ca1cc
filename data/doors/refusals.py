"""How a door says no. The words never tell whether somebody has an account here."""

from __future__ import annotations

from models.errors import AfterglowError, Refused

NOT_SIGNED_IN = "That did not work. Check the sign-in name and the password, then try again."
WRONG_CODE = "That code did not work. Each code works once: wait for the next one, then try again."
NOT_CONFIRMED = "That did not work, so it is not confirmed that it is you."
SIGN_IN_AGAIN = "Please sign in again."
DEAD_LINK = "This link has been used, replaced or is too old. Please ask for a new one."


class NotSignedIn(AfterglowError):
    """Nobody came in."""

    def __init__(self, sentence: str = NOT_SIGNED_IN) -> None:
        super().__init__(sentence)


class WrongCode(NotSignedIn):
    """A second factor that is wrong, used or too old."""

    def __init__(self) -> None:
        super().__init__(WRONG_CODE)


class NotConfirmed(NotSignedIn):
    """A password or code given again was wrong; the session stays as it is."""

    def __init__(self) -> None:
        super().__init__(NOT_CONFIRMED)


class TryLater(AfterglowError):
    """Too many tries; `seconds` to wait, the same for names that nobody has."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        wait = f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} minutes"
        super().__init__(f"Too many tries: please wait {wait}, then try again.")


class DeadLink(Refused):
    """A one-time link that opens nothing, for whatever reason."""

    def __init__(self) -> None:
        super().__init__(DEAD_LINK)
