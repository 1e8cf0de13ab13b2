"""What a phone system does when it is asked to join two legs without us, and what it says of it."""

from enum import Enum
from typing import Final


class Transfer(Enum):
    """What a phone system does with the request to join two legs without us."""

    DOES_IT = "does it"
    SAYS_IT_FIRST = "says that it did it, and then does it"
    SAYS_IT_LATE = "does it, and says so after the fact"
    SAYS_NOTHING = "does it, and never says so"
    REFUSES = "refuses"
    KEEPS_SILENT = "keeps silent"
    LIES = "says that it did it, and did not"
    FAILS = "tries, and says that it failed"
    LOSES_THE_PHONE = "tries, loses the phone's leg, and says that it failed"


class Answer(Enum):
    """What a phone system does in answer to the request for a hand-over, or says of it."""

    TRYING = (100, False)
    DONE = (200, True)
    FORBIDDEN = (403, True)
    UNAVAILABLE = (503, True)
    REPLACED = "takes the phone's leg off us"
    LOST = "loses the phone's leg"


ANSWERS: Final = {
    Transfer.DOES_IT: (Answer.TRYING, Answer.REPLACED, Answer.DONE),
    Transfer.SAYS_IT_FIRST: (Answer.TRYING, Answer.DONE, Answer.REPLACED),
    Transfer.SAYS_IT_LATE: (Answer.TRYING, Answer.REPLACED, Answer.DONE),
    Transfer.SAYS_NOTHING: (Answer.TRYING, Answer.REPLACED),
    Transfer.REFUSES: (Answer.FORBIDDEN,),
    Transfer.KEEPS_SILENT: (),
    Transfer.LIES: (Answer.TRYING, Answer.DONE),
    Transfer.FAILS: (Answer.TRYING, Answer.UNAVAILABLE),
    Transfer.LOSES_THE_PHONE: (Answer.TRYING, Answer.LOST, Answer.UNAVAILABLE),
}
