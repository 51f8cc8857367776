"""What the Account Management API takes of a contact. Source: its ``PutAlternateContact``."""

from __future__ import annotations

from landform.constructs.limits import Name

CONTACT_NAME = Name("name of a contact", r"[^\x00-\x1f]{1,64}", "1 to 64 characters")
CONTACT_TITLE = Name("title of a contact", r"[^\x00-\x1f]{1,50}", "1 to 50 characters")
CONTACT_EMAIL = Name(
    "e-mail address of a contact",
    r"(?=.{3,254}\Z)[\w+=.#|!&-]+@[\w.-]+\.[\w]+",
    "name@domain, at most 254 characters",
)
CONTACT_PHONE = Name(
    "telephone number of a contact", r"[0-9()+ -]{1,25}", "1 to 25 digits, spaces and ( ) + -"
)
