"""The catalogues of the window's words: Qt Linguist sources (.ts) and what the program loads (.qm)."""
