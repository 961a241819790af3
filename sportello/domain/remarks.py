"""What the administration writes in its yearly verification: causes, actions, notes, levels of accessibility.

Texts alone: no figure is changed by them. Nobody's name belongs in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 2000  # characters of one text


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """On one line of the form. `achieved`: what was found for a standard that numbers do not measure."""

    cause: str = ""
    action: str = ""
    note: str = ""
    achieved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """Everything written for one verification; `lines` by the key of the line."""

    lines: Mapping[str, Remark] = field(default_factory=dict)
    accessibility: str = ""  # levels of effective accessibility (D.Lgs. 222/2023, art. 7)
    remedies: str = ""  # what users with disabilities may claim, and how
    note: str = ""
    contact: str = ""  # where to complain
    ipa: str = ""  # the administration's code in the index of public administrations


NONE = Remark()
