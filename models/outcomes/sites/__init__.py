"""Sites beside one another: what each could be expected to reach, and which differ from it.

Everything rests on counts a site (`tally`), never on patients; one patient's courses are never
taken for different people's.
"""

from __future__ import annotations
