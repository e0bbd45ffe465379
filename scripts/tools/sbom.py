"""The software bill of materials of an action's program: CycloneDX 1.6 as JSON, the same bytes for the same commit.

    sbom.py write NAME TARGET...   prints what is linked into the program NAME, for any of these targets
    sbom.py check FILE...          ends with an error unless each file is a sound one

What only builds the program (build scripts, procedural macros, tests) is not in it, and so not listed.
SOURCE_DATE_EPOCH gives the time. The format: https://cyclonedx.org/docs/1.6/json/
"""

import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tomllib
import uuid

FIELDS = "\t{p}\t{l}\t{r}"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packages_of_actions():
    actions = sorted(path.parent.name for path in pathlib.Path("actions").glob("*/action.yml"))
    return [flag for name in actions for flag in ("--package", name)]


def read_tree(targets):
    """What cargo links for all actions at once, as it is built: each package by its key, and what each depends on."""
    packages, edges = {}, {}
    for target in targets:
        flags = ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", FIELDS, "--target", target]
        above = []
        for line in run("cargo", "tree", "--locked", *packages_of_actions(), *flags).splitlines():
            if not line.strip():
                continue
            depth, package, licence, rest = line.split("\t")
            repository = rest.removesuffix(" (*)")
            name, version = package.removesuffix(" (*)").split(" ")[:2]
            key = (name, version.removeprefix("v"))
            packages[key] = (licence, repository)
            edges.setdefault(key, set())
            del above[int(depth) :]
            if above:
                edges[above[-1]].add(key)
            above.append(key)
    return packages, edges


def reachable(root, edges):
    found, left = set(), [root]
    while left:
        for key in edges[left.pop()] - found:
            found.add(key)
            left.append(key)
    return found


def reference(key):
    return f"pkg:cargo/{key[0]}@{key[1]}"


def component(kind, key, packages, checksums):
    licence, repository = packages[key]
    described = {"type": kind, "bom-ref": reference(key), "name": key[0], "version": key[1]}
    if checksums.get(key):
        described["hashes"] = [{"alg": "SHA-256", "content": checksums[key]}]
    if licence:
        # The older way to write "or", which SPDX does not know.
        described["licenses"] = [{"expression": licence.replace(" / ", "/").replace("/", " OR ")}]
    described["purl"] = reference(key)
    if repository:
        described["externalReferences"] = [{"type": "vcs", "url": repository}]
    return described


def standard_library():
    version = run("rustc", "--version").split(" ")[1]
    name = f"pkg:generic/rust-std@{version}"
    licence = [{"expression": "MIT OR Apache-2.0"}]
    return {"type": "library", "bom-ref": name, "name": "rust-std", "version": version, "licenses": licence, "purl": name}


def write(name, targets):
    packages, edges = read_tree(targets)
    locked = tomllib.loads(pathlib.Path("Cargo.lock").read_text())["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in locked}
    root = next(key for key in packages if key[0] == name)
    linked = sorted(reachable(root, edges))
    standard = standard_library()
    components = [component("library", key, packages, checksums) for key in linked] + [standard]
    dependencies = [
        {"ref": reference(key), "dependsOn": sorted(map(reference, edges[key]))} for key in [root, *linked]
    ]
    dependencies[0]["dependsOn"].append(standard["bom-ref"])
    dependencies.append({"ref": standard["bom-ref"]})
    digest = hashlib.sha256(json.dumps([components, dependencies]).encode()).hexdigest()
    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, reference(root) + digest)}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": component("application", root, packages, checksums),
            "properties": [{"name": "cargo:target", "value": target} for target in sorted(targets)],
        },
        "components": components,
        "dependencies": dependencies,
    }
    print(json.dumps(document, indent=2, ensure_ascii=False))


def faults(text):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error:
        yield f"not CycloneDX 1.6: {error}"
        return
    document = json.loads(text)
    own = {package["name"] for package in tomllib.loads(pathlib.Path("Cargo.lock").read_text())["package"] if "source" not in package}
    known = {document["metadata"]["component"]["bom-ref"]}
    for component in document["components"]:
        known.add(component["bom-ref"])
        if component["purl"].startswith("pkg:cargo/") and component["name"] not in own and "hashes" not in component:
            yield f"{component['bom-ref']} is from a registry and has no checksum"
    for dependency in document["dependencies"]:
        for name in [dependency["ref"], *dependency.get("dependsOn", [])]:
            if name not in known:
                yield f"{name} is depended on, but is no component"
    if len(known) < 10:
        yield f"only {len(known)} components: a program of ours links many more"


def check(files):
    for file in files:
        for fault in faults(pathlib.Path(file).read_text()):
            sys.exit(f"{file}: {fault}")
    if not files:
        sys.exit("there is nothing to check")
    print(f"{len(files)} sound bills of materials")


match sys.argv[1:]:
    case ["write", name, *targets] if targets:
        write(name, targets)
    case ["check", *files]:
        check(files)
    case _:
        sys.exit(__doc__)
