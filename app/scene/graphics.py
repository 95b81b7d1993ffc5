"""Which OpenGL paints the scene: chosen with the first picture, by what the machine has and by a switch.

``PUMPHOUSE_GL=software`` keeps to Mesa's software renderer, ``PUMPHOUSE_GL=gpu`` asks for a graphics processor. Without
it, one is taken where there is one. What was found is named, for the log.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Literal

from vtkmodules import vtkRenderingOpenGL2
from vtkmodules.vtkRenderingCore import vtkRenderWindow

SWITCH = "PUMPHOUSE_GL"
SOFTWARE = {"LIBGL_ALWAYS_SOFTWARE": "1", "GALLIUM_DRIVER": "llvmpipe", "__GLX_VENDOR_LIBRARY_NAME": "mesa"}
MESA = Path("/usr/share/glvnd/egl_vendor.d/50_mesa.json")
VENDORS = "__EGL_VENDOR_LIBRARY_FILENAMES"
PROCESSORS = ("dev/dri/renderD*", "dev/nvidia[0-9]*")
SOFTWARE_NAMES = ("llvmpipe", "softpipe", "swrast", "software", "swiftshader", "basic render")
Wanted = Literal["software", "gpu", ""]


def wanted(environment: Mapping[str, str] = os.environ) -> Wanted:
    """What the switch says; nothing for what it does not know."""
    said = environment.get(SWITCH, "").strip().casefold()
    return "software" if said == "software" else "gpu" if said == "gpu" else ""


def has_processor(root: Path = Path("/")) -> bool:
    """Whether Linux shows a graphics processor that can be rendered on."""
    return any(next(root.glob(pattern), None) is not None for pattern in PROCESSORS)


def by_egl(environment: Mapping[str, str], processor: bool, platform: str = sys.platform) -> bool:
    """Whether EGL is asked for by name, which needs no display and finds processors that no X server drives.

    Without an X server VTK would try one first, and complain.
    """
    if not platform.startswith("linux"):
        return False
    prefers = wanted(environment) == "gpu" or (wanted(environment) == "" and processor)
    return prefers or not environment.get("DISPLAY")


def keep_to_software(environment: MutableMapping[str, str]) -> None:
    """Have Mesa's software renderer loaded, and no other vendor's."""
    environment.update(SOFTWARE)
    if MESA.is_file():
        environment[VENDORS] = str(MESA)


def off_screen_window() -> vtkRenderWindow:
    """A window nobody sees, on the OpenGL that was chosen."""
    if wanted() == "software":
        keep_to_software(os.environ)
    if by_egl(os.environ, has_processor()) and hasattr(vtkRenderingOpenGL2, "vtkEGLRenderWindow"):
        return vtkRenderingOpenGL2.vtkEGLRenderWindow()
    return vtkRenderWindow()


def renderer_of(window: vtkRenderWindow) -> str:
    """What the OpenGL of a window calls itself ("llvmpipe (LLVM 15.0.6, 256 bits)"); nothing where it does not say."""
    window.Initialize()  # before its first picture it has no OpenGL that could be asked
    found = re.search(r"OpenGL renderer string:\s*(.+)", window.ReportCapabilities())
    return found[1].strip() if found else ""


def is_software(renderer: str) -> bool:
    """Whether an OpenGL of that name is reckoned by the processor."""
    return any(name in renderer.casefold() for name in SOFTWARE_NAMES)
