"""Qt and pyqtgraph: setters in, ``*_requested`` signals out; no thoughts."""
