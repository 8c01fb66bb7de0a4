"""The history of a channel's voyages: what each brought, trends, good and dangerous areas, exports.

`models` and `analytics` are pure; `book` is the history itself, `chronicle` writes it as voyages end, `files`
and `spreadsheet` are its exports. SQL is the truth. Never Discord, never HTTP.
"""
