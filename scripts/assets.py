"""Fetch the front-end files and put them where the web room serves them from.

    .venv/bin/python scripts/assets.py

`npm ci` installs what package-lock.json pins (checked by its hashes) with the Node.js of the environment; the few
files that pages and paper need are then gathered in a new directory, which takes the place of
`src/qingdan/web/static/vendor` in one step. Interrupted anywhere, it can simply be run again.
"""

import difflib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
MODULES = ROOT / "node_modules"
WEB = ROOT / "src" / "qingdan" / "web"
VENDOR = WEB / "static" / "vendor"
ICONS = WEB / "icons.txt"
SVG = "{http://www.w3.org/2000/svg}"

# where npm puts it -> what the pages call it
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    # The paper's own letters: Song for text, its bold for titles, a black type for headings.
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf": "fonts/NotoSerifSC_400Regular.ttf",
    "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf": "fonts/NotoSerifSC_700Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf": "fonts/NotoSansSC_500Medium.ttf",
    "@expo-google-fonts/noto-serif-sc/LICENSE_FONT": "fonts/OFL-NotoSerifSC.txt",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "fonts/OFL-NotoSansSC.txt",
    "@tabler/icons/LICENSE": "licences/tabler-icons.txt",
    "echarts/LICENSE": "licences/echarts.txt",
    "echarts/NOTICE": "licences/echarts-notice.txt",
}


class Problem(Exception):
    """What went wrong and what to do, in one line."""


def install() -> None:
    """Bring node_modules in line with package-lock.json, unless it is already."""
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".complete"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    npm = Path(sys.executable).with_name("npm")
    if not npm.exists():
        raise Problem(f"{npm} is missing: run `make setup`, which installs Node.js into the environment.")
    environment = {
        "NODE_USE_SYSTEM_CA": "1",  # offices often sit behind a proxy with a certificate of its own
        "npm_config_fetch_retries": "3",
        "npm_config_fetch_retry_mintimeout": "2000",
        "npm_config_fetch_retry_maxtimeout": "8000",
        **os.environ,
        "PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    done = subprocess.run(
        [str(npm), "ci", "--loglevel=error", "--no-progress"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Problem(
            f"npm could not fetch the front-end packages ({why(done.stdout + done.stderr)}). "
            "Check the network, or name a mirror with `npm config set registry …`, and run `make setup` again."
        )
    stamp.write_text(lock)


def why(output: str) -> str:
    """npm's reason: its error code and first sentence, without the path of its log."""
    said = [
        re.sub(r"^npm (error|ERR!) ?", "", line).strip()
        for line in output.splitlines()
        if re.match(r"npm (error|ERR!)", line) and "complete log" not in line
    ]
    return "; ".join([line for line in said if line][:3]) or "it gave no reason"


def copy_files(target: Path) -> None:
    for source, name in FILES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(MODULES / source, path)
        except FileNotFoundError:
            raise Problem(
                f"node_modules/{source} is missing: delete node_modules and run `make setup` again."
            ) from None
        if path.suffix in {".css", ".js"}:  # the maps are not shipped
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(r"\n/[/*]# sourceMappingURL=[^\n]*", "", text), encoding="utf-8")


def sprite() -> str:
    """The icons that icons.txt names, as one SVG of symbols."""
    lines = (line.split("#")[0].strip() for line in ICONS.read_text(encoding="utf-8").splitlines())
    ET.register_namespace("", SVG.strip("{}"))
    root = ET.Element(f"{SVG}svg")
    for name in sorted({line for line in lines if line}):
        root.append(symbol(name))
    return ET.tostring(root, encoding="unicode") + "\n"


def symbol(name: str) -> ET.Element:
    filled = name.endswith("-filled")
    folder = MODULES / "@tabler" / "icons" / "icons" / ("filled" if filled else "outline")
    path = folder / f"{name.removesuffix('-filled')}.svg"
    if not path.exists():
        close = difflib.get_close_matches(path.stem, [found.stem for found in folder.glob("*.svg")], 3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise Problem(f"{ICONS.relative_to(ROOT)} names the icon “{name}”, which Tabler has not.{hint}")
    drawn = ET.parse(path).getroot()
    made = ET.Element(f"{SVG}symbol", {"id": name, "viewBox": "0 0 24 24"})
    made.attrib |= (
        {"fill": "currentColor"}
        if filled
        else {
            "fill": "none",
            "stroke": "currentColor",
            "stroke-width": "2",
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        }
    )
    for part in drawn:
        if part.get("d") != "M0 0h24v24H0z":  # an empty frame that Tabler draws around each icon
            part.tail = None
            made.append(part)
    return made


def swap(made: Path, place: Path) -> None:
    """Put `made` at `place`; what was there goes away only then."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = made.with_name(f"{made.name}-old")
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    BUILD.mkdir(exist_ok=True)
    try:
        install()
        with tempfile.TemporaryDirectory(prefix="assets-", dir=BUILD) as work:
            made = Path(work) / "vendor"
            made.mkdir()
            copy_files(made)
            (made / "icons.svg").write_text(sprite(), encoding="utf-8")
            (made / ".complete").touch()
            swap(made, VENDOR)
    except (Problem, OSError) as problem:
        sys.stderr.write(f"Front-end files: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
