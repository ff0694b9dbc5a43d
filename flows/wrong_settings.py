"""What an error says about a wrong setting. It shows no value that is or may be a secret."""

from collections.abc import Collection

from pydantic_core import ErrorDetails

from ingest.urls import text_without_secrets


def wrong_setting(error: ErrorDetails, shown: Collection[str]) -> str:
    """One error of pydantic as text: the setting's name, what is wrong, and the value.

    The value is told only for the settings in `shown`, and without secrets in its addresses. The
    value of an unknown name is not told: the name may be `quack_token`, misspelt.
    """
    if not error["loc"]:  # an error about several settings names them itself
        return str(error["ctx"]["error"])
    told = f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
    if error["loc"][0] not in shown:
        return told
    return f"{told} (it is {text_without_secrets(repr(error['input']))})"
