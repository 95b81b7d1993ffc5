"""A station's 3D model in whatever format, as the scene wants it: whole or refused, in its place, not too heavy.

Small glTF files are read here, for every offset in them is checked before it is followed. Everything else is read in a
process of its own (:mod:`app.scene.apart`): what other people's readers do with a broken file, they do there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.scene import apart, glb
from app.scene.container import BrokenError
from app.scene.decimation import coarsened, lightened
from app.scene.glb import Model, unheard
from app.scene.placing import placed
from twin.errors import StationError
from twin.plant.model_nodes import MODELS, node_names
from twin.plant.station import StationFile

GLTF = (".glb", ".gltf")
SMALL = 32 << 20  # bytes of a glTF file that is read in this process
UNIT = 'Say its unit in the station file: [model] unit = "mm"'


def read(path: Path, station: StationFile, told: Callable[[float], None] = unheard) -> Model:
    """Read a station's model; ``told`` hears which share is done, and may raise to end it.

    Raises StationError with one plain sentence if it cannot be used.
    """
    suffix = path.suffix.lower()
    if suffix not in MODELS:
        remedy = f"Name one of these kinds: {', '.join(kind.removeprefix('.') for kind in MODELS)}"
        raise StationError(path, "is no 3D model of a kind that can be read", remedy)
    if suffix in GLTF and _size(path) <= SMALL:
        model = lightened(glb.read(path, told))
    else:
        node_names(path)  # refuses what is plainly broken, and names what must be installed
        model = apart.read(path, told)
    try:
        return placed(coarsened(model), station, up="y" if suffix in GLTF else "z")
    except BrokenError as error:
        raise StationError(path, str(error), UNIT if "unit" in str(error) else "Export it again") from None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
