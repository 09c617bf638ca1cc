"""The sentences of the Patients page."""

from __future__ import annotations

from models.policy import Operation, Person

NOBODY_YET = (
    "There are no patients yet. Register one under Record, or bring in your files under Import."
)
NOBODY_FOUND = "No patient matches. Clear the search or choose other filters."
NOBODY_SO_CALLED = (
    "Nobody at your sites has that name or number. Somebody new can be registered below."
)
NOBODY_HERE = "There are no patients yet at your clinic. Register one under Record."
NO_FIGURES = "There is no patient yet at a site whose figures you may see."
HERE = "With the clinic"
HOW_TO_OPEN = "Choose a row to open the chart."
SPARKLINE = "The last scores on the patient's main instrument, oldest first."
UNKNOWN_ADDRESS = "This address names no patient. Choose one under Patients."
CHOOSE_ONE, NOT_STATED = "Choose one", "Not stated"
LEFT_ON = "Left the clinic on (empty while they are here)"
WHAT_FOLLOWS = (
    "The indication decides which questions the check-ins ask. Another site takes the patient over "
    "from today; whoever works only at the old one no longer sees the chart. Files brought in "
    "later have to use the new number, or they register somebody new."
)
CHOOSE_SITE = "Choose the site."
NO_SITE = "There is no site yet. A site is a clinic location; its time zone decides what a day is."
NOTHING_RECORDED = "Nothing is recorded for this patient yet. Record an infusion or a score above."


def nobody_yet(person: Person) -> str:
    """Return what an empty clinic means for this person, naming only pages they have."""
    if not person.may_somewhere(Operation.REGISTER_PATIENT):
        return NO_FIGURES
    return NOBODY_YET if person.may_somewhere(Operation.IMPORT) else NOBODY_HERE
