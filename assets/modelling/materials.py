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
    "floor": Paint("#50595E", roughness=0.55),
    "room floor": Paint("#566066", roughness=0.6),
    "marking": Paint("#7C878C", roughness=0.7),
    "concrete": Paint("#666D6F", roughness=0.9),
    "plinth": Paint("#7B8387", roughness=0.9),
    "wall": Paint("#66717A", roughness=0.9),
    "roof": Paint("#48525A", roughness=0.7),
    "steel": Paint("#68737A", 0.2, 0.5),
    "grating": Paint("#5A656B", 0.3, 0.6),
    "galvanised": Paint("#8A949A", 0.4, 0.45),
    "handrail": Paint("#9AA3A6", 0.2, 0.5),
    "crane": Paint("#868E92", 0.1, 0.5),
    "pump": Paint("#8D99A3", 0.1, 0.45),
    "pump cover": Paint("#99A5AE", 0.1, 0.45),
    "motor": Paint("#76838F", 0.1, 0.5),
    "motor fins": Paint("#6C7985", 0.1, 0.5),
    "cast iron": Paint("#5D666D", 0.2, 0.55),
    "bare metal": Paint("#A9B0B5", 0.6, 0.35),
    "bolt": Paint("#9BA3A8", 0.6, 0.4),
    "guard": Paint("#A4AAA8", 0.1, 0.5),
    "valve": Paint("#75818B", 0.1, 0.5),
    "actuator": Paint("#8E99A2", 0.1, 0.45),
    "dark": Paint("#2B3135", 0.1, 0.6),
    "cabinet": Paint("#9DA5A9", 0.0, 0.55),
    "cabinet front": Paint("#8A9499", 0.0, 0.55),
    "screen": Paint("#3F6476", 0.0, 0.3),
    "transformer": Paint("#6F7B80", 0.1, 0.5),
    "porcelain": Paint("#B5B8B4", 0.0, 0.3),
    "supply": Paint("#8D7371", 0.1, 0.5),
    "supply band": Paint("#AD9795", 0.1, 0.45),
    "return": Paint("#63798E", 0.1, 0.5),
    "return band": Paint("#92A7BA", 0.1, 0.45),
    "makeup": Paint("#6F8A7B", 0.1, 0.5),
    "drain": Paint("#5F645A", 0.1, 0.6),
    "air": Paint("#8FA3AD", 0.2, 0.45),
    "lamp": Paint("#C9CECC", 0.0, 0.3),
    "instrument": Paint("#B3BABF", 0.1, 0.4),
    "glass": Paint("#7E98A6", 0.0, 0.1, 0.25),
}
