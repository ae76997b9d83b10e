"""The index of phone numbers by their last nine digits, the same in every spelling.

Without it each lookup by a number reads the whole table.
"""

DIGITS_INDEX = (
    "(\"right\"(regexp_replace(phone, '[^0-9]', '', 'g'), 9)) WHERE phone IS NOT NULL"
)
