"""Fixed assets."""

from __future__ import annotations

from tap_kit.details import Details
from tap_kit.table import Stream

from tap_fortnox.api import COMPARED
from tap_fortnox.records import plain

FIXED_ASSETS = "the licence for fixed assets"

ASSETS = (
    Stream(
        "assets",
        path="3/assets",
        envelope="Assets",
        cursor=COMPARED,
        details=Details("3/assets/{Id}", "Assets"),
        prepare=plain,
        scope="assets",
        needs=FIXED_ASSETS,
        selected=False,
    ),
    Stream(
        "asset_types",
        path="3/assets/types",
        envelope="Types",
        prepare=plain,
        scope="assets",
        needs=FIXED_ASSETS,
        selected=False,
    ),
    Stream(
        "asset_file_connections",
        path="3/assetfileconnections",
        envelope="AssetFileConnections",
        key=("file_id", "asset_id"),
        prepare=plain,
        scope="connectfile assets",
        needs="the licence for fixed assets",
        selected=False,
    ),
)
