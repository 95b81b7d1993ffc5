"""The materials of a station: plain colours by what they are and, for pipes, by the medium they carry. Muted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paint:
    """A surface: its colour, how metallic and how rough it is, and how far it hides what is behind (0 to 1)."""

    colour: str
    metallic: float = 0.0
    roughness: float = 0.7
    opacity: float = 1.0


# Hues of alarm priorities (red, yellow, orange, magenta) are left free, and greys carry what may be tinted.
PAINTS: dict[str, Paint] = {
    "floor": Paint("#636A6B", roughness=0.55),
    "room floor": Paint("#6A7071", roughness=0.6),
    "marking": Paint("#A0A59D", roughness=0.7),
    "concrete": Paint("#79776F", roughness=0.9),
    "plinth": Paint("#8B8A82", roughness=0.9),
    "wall": Paint("#7B8083", roughness=0.9),
    "roof": Paint("#48525A", roughness=0.7),
    "steel": Paint("#5E6B75", 0.2, 0.5),
    "grating": Paint("#5A656B", 0.3, 0.6),
    "galvanised": Paint("#8A949A", 0.4, 0.45),
    "handrail": Paint("#9AA3A6", 0.2, 0.5),
    "crane": Paint("#868E92", 0.1, 0.5),
    "pump": Paint("#8596A2", 0.1, 0.45),
    "pump cover": Paint("#95A6B1", 0.1, 0.45),
    "motor": Paint("#78817B", 0.1, 0.5),
    "motor fins": Paint("#6D7670", 0.1, 0.5),
    "cast iron": Paint("#5D666D", 0.2, 0.55),
    "bare metal": Paint("#A9B0B5", 0.6, 0.35),
    "bolt": Paint("#9BA3A8", 0.6, 0.4),
    "guard": Paint("#A4AAA8", 0.1, 0.5),
    "valve": Paint("#6C7987", 0.1, 0.5),
    "actuator": Paint("#A5A79F", 0.1, 0.45),
    "dark": Paint("#2B3135", 0.1, 0.6),
    "cabinet": Paint("#B4B8B2", 0.0, 0.55),
    "cabinet front": Paint("#A2A7A2", 0.0, 0.55),
    "screen": Paint("#3F6476", 0.0, 0.3),
    "transformer": Paint("#6F7B80", 0.1, 0.5),
    "porcelain": Paint("#B5B8B4", 0.0, 0.3),
    "supply": Paint("#92706B", 0.1, 0.5),
    "supply band": Paint("#B09A95", 0.1, 0.45),
    "return": Paint("#607B94", 0.1, 0.5),
    "return band": Paint("#93ABBF", 0.1, 0.45),
    "makeup": Paint("#65907A", 0.1, 0.5),
    "drain": Paint("#5F645A", 0.1, 0.6),
    "air": Paint("#8FA3AD", 0.2, 0.45),
    "lamp": Paint("#C9CECC", 0.0, 0.3),
    "instrument": Paint("#B3BABF", 0.1, 0.4),
    "glass": Paint("#7E98A6", 0.0, 0.1, 0.25),
}
