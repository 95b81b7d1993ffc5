"""Light: for the day shift and bright rooms. Words are dark on pale grounds, and what is near is white like paper.

Yellow and orange on a pale ground are hard to see and harder to read: there, shapes have a darker edge of the same hue,
and words are in the colour of that edge.
"""

# ---- surfaces and words, from far to near ---------------------------------------------------------------------------
WINDOW = "#E4E8EB"
FIELD = "#FFFFFF"
PANEL = "#F4F6F7"
RAISED = "#FFFFFF"
HOVERED = "#E1E7EB"
SELECTED = "#CBDCE8"
LINE = "#BCC5CB"
GRID = "#DDE3E7"
FAINT = "#545E66"
SECONDARY = "#465058"
TEXT = "#20282E"
BRIGHT = "#0B1014"

# ---- machines -------------------------------------------------------------------------------------------------------
RUNNING = "#6A747C"
STOPPED = "#68727A"
BAR = "#6E7881"
NORMAL_BAND = "#D2D9DE"
POINTER = "#1A2126"
EXPECTED = "#3B6788"

# ---- modes ----------------------------------------------------------------------------------------------------------
LIVE = "#56636B"
REPLAY = "#1B5FB8"
MODES = {"live": LIVE, "replay": REPLAY}

# ---- priorities -----------------------------------------------------------------------------------------------------
PRIORITY_COLOURS = {"urgent": "#E5383B", "high": "#F2C71D", "medium": "#F07F1B", "low": "#CC55C3"}
PRIORITY_EDGES = {"urgent": "#B3131B", "high": "#725B00", "medium": "#A04000", "low": "#8E1E86"}

# ---- residuals ------------------------------------------------------------------------------------------------------
BELOW = "#00535E"
AS_EXPECTED = "#858E95"
ABOVE = "#775637"

# ---- quantities on surfaces -----------------------------------------------------------------------------------------
MEASURE = ("#CBD7E0", "#8FB1CB", "#4A7FA8", "#123A5C")

# ---- curves of a trend ----------------------------------------------------------------------------------------------
CURVES = ("#24508F", "#2B3035", "#20865F", "#6E460F", "#6C5FB5", "#3C90B8", "#83873F", "#92507A")
CURSOR = "#0B1014"

# ---- the scene ------------------------------------------------------------------------------------------------------
SCENE_LOW = "#CDD4D9"
SCENE_HIGH = "#E9EDEF"
SCENE_FLOOR = "#939C9F"
SCENE_CASING = "#FFFFFF"
SCENE_DASH = "#434D55"
SCENE_SHADOW = "#525A60"
SCENE_LIFT = 0.6
ROBOT = "#11508C"
UNSEEN = "#1D2327"
