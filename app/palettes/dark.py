"""Dark: for hours in a control room, with lamps turned down. Things lie the brighter the nearer they are."""

# ---- surfaces and words, from far to near ---------------------------------------------------------------------------
WINDOW = "#121517"
FIELD = "#121517"  # what is typed into
PANEL = "#1A1E21"
RAISED = "#23282C"
HOVERED = "#2C3338"
SELECTED = "#293843"
LINE = "#343B41"
GRID = "#2A3035"
FAINT = "#98A1A8"
SECONDARY = "#A9B2B9"
TEXT = "#D3D9DE"
BRIGHT = "#F2F5F7"  # what stands out most from the ground

# ---- machines -------------------------------------------------------------------------------------------------------
RUNNING = "#5C666E"  # filled
STOPPED = "#8B959D"  # outline only
BAR = "#87929A"
NORMAL_BAND = "#3A4248"
POINTER = "#E3E8EC"
EXPECTED = "#9DB4C6"

# ---- modes: frame, and the ground of the word -----------------------------------------------------------------------
LIVE = "#7E8B94"
REPLAY = "#2F80ED"
MODES = {"live": LIVE, "replay": REPLAY}

# ---- priorities: colour never without its shape. Edges are those of the shapes, and words --------------------------
PRIORITY_COLOURS = {"urgent": "#F04A4F", "high": "#F5D547", "medium": "#F28C33", "low": "#D967D0"}
PRIORITY_EDGES = PRIORITY_COLOURS

# ---- residuals: teal below what was expected, grey as expected, brown above -----------------------------------------
BELOW = "#30A9B5"
AS_EXPECTED = "#7A8288"
ABOVE = "#B98A54"

# ---- quantities on surfaces, from little to much --------------------------------------------------------------------
MEASURE = ("#33424D", "#5C7E99", "#8FB9DD", "#F2F5F7")

# ---- curves of a trend, in order of their coming --------------------------------------------------------------------
CURVES = ("#8FC0F2", "#E0E5E9", "#93C4A6", "#D6AE7E", "#9A86D6", "#70838F", "#7F8B5A", "#D3AAC4")
CURSOR = "#F2F5F7"

# ---- the scene ------------------------------------------------------------------------------------------------------
SCENE_LOW = "#181D20"
SCENE_HIGH = "#22292D"
SCENE_FLOOR = "#4A5155"  # about what the floor looks like: things fade into it
SCENE_CASING = ""  # of the rings that priorities are shown by; none, they stand out by themselves
SCENE_DASH = "#D3D9DE"  # of water that flows
SCENE_SHADOW = "#282D30"  # of what is in the air
SCENE_LIFT = 0.0  # how much brighter than it is lit, things of middling brightness most
ROBOT = "#7FB2E5"  # its way, and marks that point at it
UNSEEN = "#0A0C0D"  # the hatch over what no camera sees: it lies in the dark
