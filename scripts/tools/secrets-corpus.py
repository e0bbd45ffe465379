"""Makes labelled texts of the rule files of other secret scanners, for `crates/secrets/tests/corpus.rs`.

    python3 scripts/tools/secrets-corpus.py RULES_FOLDER OUTPUT.jsonl

RULES_FOLDER holds YAML as Nosey Parker and Kingfisher keep it: `rules`, each with an `id`, `examples` and
`negative_examples`. The output has one JSON object a line: {"kind", "text", "expected"}. It is never committed.
"""

import json
import pathlib
import sys

import yaml


def labelled(folder):
    for path in sorted(p for p in pathlib.Path(folder).rglob("*.y*ml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        rules = document.get("rules") if isinstance(document, dict) else None
        for rule in rules or []:
            for key, expected in (("examples", True), ("negative_examples", False)):
                for text in rule.get(key) or []:
                    yield {"kind": rule["id"], "text": str(text), "expected": expected}


def main():
    folder, output = sys.argv[1:]
    with open(output, "w", encoding="utf-8") as lines:
        for one in labelled(folder):
            lines.write(json.dumps(one, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
