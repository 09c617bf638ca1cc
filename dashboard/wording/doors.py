"""Sentences of the plain pages: coming in, one's own account, leaving. Plain text, never HTML."""

from __future__ import annotations

from models.policy import Role

# What Afterglow is, for whoever arrives at its door.
WHAT = (
    "Afterglow keeps the outcomes of a ketamine clinic: infusions, symptom scores, and how long "
    "each course held."
)
NOBODY_WATCHES = (
    "Nobody watches it live. In an emergency call your local emergency number, not this page."
)

SIGN_IN = "Sign in"
SIGN_IN_NAME = "Sign-in name"
PASSWORD = "Password"
FORGOTTEN = (
    "Lost your password or your codes? An administrator of your clinic can send you a new link."
)
SIGNED_OUT = "You are signed out."
ENDED = "You were signed out, because nothing was done for a while or your session was ended."
OR = "or"
SHOW, HIDE = "Show", "Hide"
WRONG = "There is a problem"

CODE_TITLE = "Your second step"
CODE = "Code from your authenticator"
CODE_HINT = "Six digits. It changes every half minute."
RECOVERY = "Recovery code"
RECOVERY_HINT = "One of the ten you wrote down. Each works once."
USE_RECOVERY = "I do not have my authenticator: use a recovery code"
USE_CODE = "Use the code from my authenticator"
GO_ON = "Go on"
START_OVER = "Sign in as somebody else"

ENROL_TITLE = "Set up your second step"
ENROL_WHY = (
    "A password alone can be guessed or stolen. An authenticator app on your telephone or computer "
    "shows a code that changes every half minute; you give it after your password."
)
ENROL_STEPS = (
    "Open an authenticator app. Any that shows six digits will do.",
    "Add an account by scanning this square code, or by typing the key below it.",
    "Type the six digits the app shows.",
)
QR = "Square code for your authenticator app; the key below it says the same"
KEY = "Key to type instead"
CANNOT_REOPEN = "This page was open for too long. Please begin with a new square code."

CODES_TITLE = "Your recovery codes"
CODES_WHY = (
    "Keep these where you keep important papers: each lets you in once when your authenticator is "
    "not at hand. They are shown only now, and earlier ones no longer work."
)
CODES_KEPT = "I have kept them"

SET_UP_TITLE = "Set up Afterglow"
SET_UP_WHY = (
    "You become the first administrator: you add sites and the people who work there, and each "
    "of them gets a link to choose a password. Administrators see no charts."
)
YOUR_NAME = "Your name"
YOUR_NAME_HINT = "As it stands beside what you do, such as in the audit."
SIGN_IN_NAME_HINT = "What you type to sign in, such as your e-mail address."
WELCOME_TITLE = "Welcome to Afterglow"
WELCOME_WHY = "Choose a password to come in. This link works once."
WELCOME_LINKING = "Or come in with the account you already have:"
CHOOSE_PASSWORD = "Choose a password"
PASSWORD_HINT = (
    "At least 12 characters, 15 without a second step. Several words are good; spaces are fine, "
    "and so is what a password manager makes."
)
CREATE = "Go in"
LINK_TITLE = "This link no longer works"
LINK_DEAD = (
    "It has been used, replaced, or is too old. Please ask an administrator of your clinic for a "
    "new one."
)

ACCOUNT_TITLE = "Your account"
BACK = "Back to Afterglow"
NEW_PASSWORD = "New password"
OLD_PASSWORD = "Password you have now"
CHANGE_PASSWORD = "Change the password"
CHANGE_ENDS = "This signs you out everywhere else."
PASSWORD_CHANGED = "Your password is changed. Other browsers are signed out."
NO_PASSWORD = "You have no password here: you sign in with {name}."
SECOND_STEP = "Second step"
SECOND_STEP_ON = "An authenticator is set up."
SECOND_STEP_OFF = "No authenticator is set up."
SECOND_STEP_REMOVED = "The authenticator is removed."
SET_UP_SECOND_STEP = "Set up an authenticator"
REMOVE_SECOND_STEP = "Remove the authenticator"
NEW_CODES = "Make new recovery codes"
SESSIONS = "Where you are signed in"
THIS_BROWSER = "This browser"
OTHER_BROWSER = "Another browser"
SINCE = "signed in {at} UTC, last active {seen} UTC"
LEAVE = "Sign out"
LEAVE_HERE = "Sign out of this browser"
LEAVE_EVERYWHERE = "Sign out everywhere"
LEAVE_TITLE = "Sign out?"
STAY = "No, go back"
WHO = "Signed in as {name}"

CONFIRM_TITLE = "Is it still you?"
CONFIRM_WHY = "What you asked for needs a fresh confirmation. It counts for ten minutes."
CONFIRM = "Confirm"
CONFIRM_LINK = "Confirm that it is you"

ELSEWHERE = "Continue with {name}"
UNKNOWN_IDENTITY = (
    "{name} knows you, but no account here is linked to it. Use the welcome link an administrator "
    "of your clinic sent you, or sign in with your password."
)
ELSEWHERE_FAILED = "Signing in with {name} did not work. Please try again."
ELSEWHERE_AWAY = "{name} cannot be reached at the moment. Please try again later."

NOT_FOUND_TITLE = "There is no such page"
NO_UPLOADS = "Refused: only who may import brings files in."
NOT_FOUND = "The address may be mistyped or old."
NOTHING_HERE = "There is nothing here for your account yet."
SIGN_IN_FIRST = "Please sign in first."
NOT_PRIVATE = (
    "Refused: this connection is not encrypted. Only this computer itself may use it; others need "
    "an https address, which the setting AFTERGLOW_ADDRESS names."
)
AWAY = "The database cannot be reached at the moment. Please try again soon."
FOREIGN = "Refused: another site asked."
NOT_A_FORM = "Refused: only a form of this site may send that."
TYPED_NOTHING = "Please fill in every field."

LEAVING_SOON = "Nothing has been done here for a while. You will be signed out in a minute."
STAY_SIGNED_IN = "Stay signed in"

ROLES = {
    Role.PATIENT: "patient",
    Role.CLINICIAN: "clinician",
    Role.SITE_MANAGER: "manager of a site",
    Role.GROUP_MANAGER: "manager of the group",
    Role.ADMINISTRATOR: "administrator",
}

EXPORTS = {
    "episodes": "Episodes",
    "scores": "Scores",
    "survival": "Curves",
}
EXPORT = "Export"
EXPORT_WHY = (
    "Everything that is recorded, as CSV for a spreadsheet or a statistics program. Each export is "
    "written into the audit and asks once more whether it is you."
)
NOT_AN_EXPORT = "Unknown export, instrument or date."


def bug(reference: str) -> str:
    return f"Something went wrong on our side. Reference {reference}."
