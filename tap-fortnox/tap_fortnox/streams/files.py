"""Files in the archive and the inbox; their contents are not loaded."""

from __future__ import annotations

from tap_kit.table import Stream

from tap_fortnox.folders import files_in
from tap_fortnox.records import plain

FILES = (
    Stream(
        "archive_files",
        path="3/archive",
        per=files_in("3/archive"),
        prepare=plain,
        scope="archive",
        needs="the licence for the archive (Arkivplats)",
        selected=False,
    ),
    Stream(
        "inbox_files",
        path="3/inbox",
        per=files_in("3/inbox"),
        prepare=plain,
        scope="inbox",
        selected=False,
    ),
)
