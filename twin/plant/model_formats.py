"""3D models in OBJ, STL, PLY, VTP and IFC, as far as their names go: what their nodes are called, and what is none.

Only OBJ and the textual STL name parts; a file of the others is one node, named after itself. Nothing is read but what
that takes, so that no broken file gets as far as a renderer. References: G. Turk, "The PLY Polygon File Format" (1994);
VTK File Formats, "XML File Formats"; ISO 10303-21 (the exchange structure of IFC).
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

from twin.errors import StationError

FORMATS = {".obj": "OBJ", ".stl": "STL", ".ply": "PLY", ".vtp": "VTP", ".ifc": "IFC"}
LARGEST = 2 << 30  # bytes
IFC_EXTRA = "pumphouse[ifc]"
_STL_HEAD, _STL_FACET = 84, 50  # bytes
_HEAD = 64 * 1024  # bytes, in which a header must end
_SIZES = {"char": 1, "uchar": 1, "int8": 1, "uint8": 1, "short": 2, "ushort": 2, "int16": 2, "uint16": 2, "int": 4}
_SIZES |= {"uint": 4, "int32": 4, "uint32": 4, "float": 4, "float32": 4, "double": 8, "float64": 8}
_GROUP = re.compile(rb"^[ \t]*[og][ \t]+([^\r\n]*?)[ \t]*\r?$", re.MULTILINE)
_SOLID = re.compile(rb"^[ \t]*solid\b[ \t]*([^\r\n]*?)[ \t]*\r?$", re.MULTILINE)
_FOREIGN = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"glTF", "a glTF model"),
)

Bytes = bytes | mmap.mmap


def names_in(path: Path) -> tuple[str, ...]:
    """The names of a model's nodes, each once. Raises StationError where it is missing, empty, cut short or foreign."""
    kind = FORMATS[path.suffix.lower()]
    remedy = f"Export it again as {kind}"
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise StationError(path, f"is larger than {LARGEST >> 30} GB", "Leave out of it what need not be seen")
        if size == 0:
            raise StationError(path, "is empty", remedy)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            wrong = _foreign(data, kind) or _CHECKS[kind](data)
            names = () if wrong else _NAMES.get(kind, _none)(data)
    except OSError as error:
        raise StationError(path, f"the 3D model cannot be read: {error.strerror}", f"Name an {kind} file") from None
    if wrong:
        raise StationError(path, wrong, remedy)
    if kind == "IFC":
        names = _ifc_names(path)
    return names or (path.stem,)


def stl_solids(data: Bytes) -> list[str]:
    """What the solids of an STL file are called, in order; a binary one has a single one without a name."""
    return [] if is_binary_stl(data) else [_text(found[1]) for found in _SOLID.finditer(data)]


def _foreign(data: Bytes, kind: str) -> str:
    return next((f"is {what}, not an {kind} model" for mark, what in _FOREIGN if data[: len(mark)] == mark), "")


# ---- what is wrong with a file, or '' --------------------------------------------------------------------------------


def _obj(data: Bytes) -> str:
    if data.find(b"\0", 0, _HEAD) >= 0:
        return "is not an OBJ model"
    if re.search(rb"^[ \t]*v[ \t]", data, re.MULTILINE) is None:
        return "holds no points"
    return "" if re.search(rb"^[ \t]*f[ \t]", data, re.MULTILINE) else "holds no faces, or is cut off before them"


def is_binary_stl(data: Bytes) -> bool:
    """Whether an STL file is a binary one, whatever its heading says."""
    if len(data) < _STL_HEAD:
        return False
    return len(data) == _STL_HEAD + _STL_FACET * _stl_count(data) or data[:5] != b"solid"


def _stl_count(data: Bytes) -> int:
    (count,) = struct.unpack_from("<I", data, _STL_HEAD - 4)
    return int(count)


def _stl(data: Bytes) -> str:
    if is_binary_stl(data):
        count = _stl_count(data)
        if len(data) < _STL_HEAD + _STL_FACET * count:
            return f"is cut off before its end, or no STL model: it says {count} triangles and has room for fewer"
        return "" if count else "holds no triangles"
    if data[:5] != b"solid":
        return "is not an STL model"
    if data.rfind(b"endsolid") < 0:
        return "is cut off before its end"
    return "" if data.find(b"vertex") >= 0 else "holds no triangles"


def _ply(data: Bytes) -> str:
    if data[:3] != b"ply":
        return "is not a PLY model"
    end = data.find(b"end_header", 0, _HEAD)
    if end < 0:
        return "is cut off within its description"
    words = [line.split() for line in data[:end].decode("latin-1").splitlines()]
    try:
        counts, least = _ply_needs(words)
    except (ValueError, KeyError, IndexError):
        return "has a description that cannot be understood"
    if not counts.get("vertex") or not counts.get("face"):
        return "holds no triangles"
    return "is cut off before its end" if len(data) - end < least else ""


def _ply_needs(lines: Iterable[list[str]]) -> tuple[dict[str, int], int]:
    """How many of each element a PLY file says it holds, and how many bytes those take at least."""
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    textual, of = False, ""
    for words in lines:
        if words[:1] == ["format"]:
            textual = words[1] == "ascii"
        elif words[:1] == ["element"]:
            of = words[1]
            counts[of], sizes[of] = int(words[2]), 0
        elif words[:2] == ["property", "list"]:
            corners = 3 if of == "face" and words[4].startswith("vertex_ind") else 0  # a face has that many at least
            sizes[of] += 2 * (1 + corners) if textual else _SIZES[words[2]] + corners * _SIZES[words[3]]
        elif words[:1] == ["property"]:
            sizes[of] += 2 if textual else _SIZES[words[1]]  # a digit and what parts it from the next
    if min(counts.values(), default=0) < 0:
        raise ValueError("less than nothing")
    return counts, sum(counts[name] * sizes[name] for name in counts)


def _vtp(data: Bytes) -> str:
    head = data[:4096]
    if b"<VTKFile" not in head:
        return "is not a VTP model"
    if b'type="PolyData"' not in head:
        return "is a VTK file, but of no surface (PolyData)"
    return "" if b"</VTKFile>" in data[-4096:] else "is cut off before its end"


def _ifc(data: Bytes) -> str:
    if not data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21;"):
        return "is not an IFC model"
    return "" if b"END-ISO-10303-21;" in data[-4096:] else "is cut off before its end"


# ---- names ----------------------------------------------------------------------------------------------------------


def _none(_: Bytes) -> tuple[str, ...]:
    return ()


def _obj_names(data: Bytes) -> tuple[str, ...]:
    return _once(_text(found[1]) for found in _GROUP.finditer(data))


def _stl_names(data: Bytes) -> tuple[str, ...]:
    return _once(stl_solids(data))


def _ifc_names(path: Path) -> tuple[str, ...]:
    opened = ifcopenshell(path).open(str(path))
    return _once(item.Name or item.GlobalId for item in opened.by_type("IfcProduct") if item.Representation)


def ifcopenshell(path: Path):  # type: ignore[no-untyped-def]  # a module of an optional package
    """The library that reads IFC. Raises StationError saying what to install where it is not there."""
    try:
        import ifcopenshell as library
    except ImportError:
        wrong = "is an IFC model, and what reads those (ifcopenshell) is not installed"
        raise StationError(path, wrong, f"Install it with: pip install '{IFC_EXTRA}'") from None
    return library


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


_CHECKS: dict[str, Callable[[Bytes], str]] = {"OBJ": _obj, "STL": _stl, "PLY": _ply, "VTP": _vtp, "IFC": _ifc}
_NAMES: dict[str, Callable[[Bytes], tuple[str, ...]]] = {"OBJ": _obj_names, "STL": _stl_names}
