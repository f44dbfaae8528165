"""What can go wrong in `models`.

ModelError
├── ModelUnusable    the folder is missing, corrupt, foreign or uncalibrated: a person must act
├── ModelOutage      no memory, device lost: the same call may succeed later
├── DataUnusable     a file of labelled texts is missing or not in the promised shape
├── SchemeInvalid    a label scheme is unknown or contradicts itself
└── TrainingFailed   a training cannot start or go on: options, memory, disk, device
"""


class ModelError(Exception):
    """A sentence that says what is wrong with a model and what to do."""


class ModelUnusable(ModelError):
    """This model folder cannot be used as it is."""


class ModelOutage(ModelError):
    """The model cannot answer now; the posts are fine, so try them again later."""


class DataUnusable(ModelError):
    """This file cannot be learned from as it is."""


class SchemeInvalid(ModelError):
    """This label scheme cannot be used as it is."""


class TrainingFailed(ModelError):
    """This training cannot go on; what it had saved before is whole."""
