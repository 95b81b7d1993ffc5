"""The scene: VTK without Qt. Paints the station off screen and says what was clicked."""
