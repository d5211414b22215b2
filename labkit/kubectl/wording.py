"""How kubectl words what went wrong.

Source: kubectl pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage, MultilineError), v1.32.5.
"""

from __future__ import annotations

from labkit.errors import ApiError, CommandError, LabError


def worded(error: LabError) -> str:
    """The text kubectl prints for an error."""
    if isinstance(error, ApiError):
        return _invalid(error) if error.reason == "Invalid" else from_server(error)
    text = str(error)
    bare = isinstance(error, CommandError) or text.startswith("error: ")
    return text if bare else f"error: {text}"


def from_server(error: ApiError) -> str:
    """`Error from server (NotFound): pods "web" not found`."""
    return (
        f"Error from server ({error.reason}): {error.message}"
        if error.reason
        else f"Error from server: {error.message}"
    )


def _invalid(error: ApiError) -> str:
    """`The Pod "web" is invalid: …`, with a line for each cause when there are several."""
    details = error.details
    if not details:
        return f"The request is invalid: {error.message}"
    head = f'The {details.get("kind", "")} "{details.get("name", "")}" is invalid'
    causes = [f"{cause['field']}: {cause['message']}" for cause in details.get("causes", ())]
    causes = list(dict.fromkeys(causes))
    if not causes:
        return head
    if len(causes) == 1:
        return f"{head}: {causes[0]}"
    return f"{head}: \n" + "\n".join(f"* {cause}" for cause in causes)
