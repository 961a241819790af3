"""The JSON API, `/api/v1`: to programs what the faces are to people."""
