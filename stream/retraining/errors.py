"""What can go wrong in a retraining, beyond what models and storage say themselves.

StreamError
└── RetrainingRefused   another one is under way, or there is nothing to retrain
"""

from stream.errors import StreamError


class RetrainingRefused(StreamError):
    """Nothing was trained and nothing was changed."""
