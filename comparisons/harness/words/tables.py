"""The words of a page on a person's own table."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    "table": ("The table", "表の内容"),
    "table note": (
        "{path}: {rows} rows whose {target} is known, {columns} columns to tell it from, which "
        "become {features} features.",
        "{path}：{target}のわかる{rows}行。予測に使う列は{columns}個、特徴量は{features}個。",
    ),
    "table classes": ("Classes of {target}: {classes}.", "{target}のクラス：{classes}。"),
    "table preparation": (
        "Missing numbers become the median, beside a feature that tells that they were missing; "
        "numbers are shifted and scaled to mean 0 and deviation 1; a date becomes days, and its "
        "place in the year and in the week; a category becomes one feature of 0 and 1 a value. All "
        "of this is learned from the training rows of each fold alone.",
        "数値の欠損は中央値で補い、欠損していたことを示す特徴量を加える。数値は平均0、標準偏差1に"
        "揃える。日付は日数と、年と週の中での位置にする。カテゴリは値ごとに0と1の特徴量にする。"
        "これらはすべて各分割の訓練データだけから求める。",
    ),
    "before believing": ("Before believing the scores", "結果を信じる前に"),
    "field": ("Column", "列"),
    "kind": ("Kind", "種類"),
    "missing values": ("Missing", "欠損"),
    "found in it": ("Found", "内容"),
    "kind number": ("number", "数値"),
    "kind category": ("category", "カテゴリ"),
    "kind date": ("date", "日付"),
    "kind identifier": ("left out: identifier", "除外：識別子"),
    "kind text": ("left out: text", "除外：文章や名前"),
    "kind constant": ("left out: always the same", "除外：値が一定"),
    "kind empty": ("left out: empty", "除外：空"),
    "kind group": ("group", "グループ"),
    "kind set aside": ("left out: as asked", "除外：指定による"),
}
