"""The commands that need no window. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin import __version__
from twin.errors import CommandLineError, StationError
from twin.saying import length, say_calibration, say_facts, say_findings, say_json, say_line

if TYPE_CHECKING:
    from twin.plant.reading import Station

DONE, OURS, MISUSED, UNUSABLE, INTERRUPTED = 0, 1, 2, 3, 130
NO_STATION = "none"
# what a wrong command line raises: typer brings its own click, and names only its branches
MISUSE: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
START = "2026-01-12T00:00:00+08:00"
EPILOG = "Times: 2026-01-12T03:20:00+08:00, or +90 for seconds from the start. Durations: 90s, 10min, 24h. Spans: A..B."

app = typer.Typer(
    name="pumphouse",
    help="The digital twin of a relay pump station that runs with the lights out. Without a command: the window, live.",
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="The same as JSON.")]
StationOption = Annotated[
    str | None, typer.Option("--station", metavar="FILE", help="The station's file; 'none' for foreign data.")
]
RecordingArgument = Annotated[Path, typer.Argument(metavar="REC", help="A recording.", show_default=False)]


def run(commands: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """Run a command line; the exit status. Whatever goes wrong is said in a sentence or two."""
    command = typer.main.get_command(commands)
    try:
        status = command.main(args=arguments, prog_name="pumphouse", standalone_mode=False)
        sys.stdout.flush()
        status = status if isinstance(status, int) else DONE
        return _interrupted() if status == INTERRUPTED else status
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted()
    except MISUSE as error:
        return _misused(error)
    except CommandLineError as error:
        return _say_error(str(error), MISUSED)
    except StationError as error:
        return _say_error(str(error), UNUSABLE)
    except BrokenPipeError:
        return _unheard()
    except Exception as error:
        from twin.crashing import report

        return _say_error(f"A fault of Pumphouse. Its report lies at {report(error)}", OURS)


# ---- commands -------------------------------------------------------------------------------------------------------


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"pumphouse {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and exit.")
    ] = False,
) -> None:
    """Options before any command."""


@app.command(short_help="Simulate the plant into a recording.")
def simulate(
    out: Annotated[Path, typer.Option(metavar="REC", help="The recording to make.", show_default=False)],
    scenario: Annotated[str, typer.Option(metavar="NAME|FILE", help="What is to happen.")] = "healthy",
    duration: Annotated[str | None, typer.Option(metavar="D", help="How long; the scenario's own otherwise.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Draws the noise: the same again, the same run.")] = 0,
    start: Annotated[str, typer.Option(metavar="T", help="The time of the first frame.")] = START,
    station: StationOption = None,
) -> None:
    """Run the plant as fast as it goes, and record it with its ground truth."""
    from twin import times
    from twin.recordings.recorder import Recorder
    from twin.simulation.plant import Plant

    plant_of = _needed_station(station)
    at = times.moment(start, plant_of.zone)
    if at.from_start:
        raise CommandLineError(f"--start {start}", "a run has no start before it starts", times.AS_TIME)
    plant = Plant(plant_of, seed, at.seconds, scenario)
    seconds = times.duration(duration) if duration else plant.scenario.duration_s
    count = max(1, round(seconds))
    source = f"sim:?scenario={scenario}&seed={seed}"
    with Recorder(out, plant_of.tags, plant_of, source) as recorder, _progress("Simulating") as told:
        for second in range(count):
            recorder.append(plant.step())
            if second % 50 == 0:
                told(second / count)
    typer.echo(f"{out}: {count} frames from {times.iso(at.seconds)}")


@app.command(short_help="List what can be simulated.")
def scenarios(json_: Json = False) -> None:
    """List the scenarios that can be simulated, and the faults in them."""
    from twin.simulation.scenario import catalogue

    listed = catalogue()
    if json_:
        say_json(
            [
                {
                    "name": one.id,
                    "en": one.name.en,
                    "zh": one.name.zh,
                    "description": one.description.en,
                    "seconds": one.duration,
                    "faults": list(one.faults),
                }
                for one in listed
            ]
        )
        return
    for one in listed:
        typer.echo(f"{one.id:<32} {length(one.duration):>6}  {one.description.en or one.name.en}")


@app.command(short_help="Watch a source without a window.")
def watch(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="sim:, or a recording.", show_default=False)],
    record: Annotated[Path | None, typer.Option(metavar="REC", help="Record what comes in, and what is found.")] = None,
    journal: Annotated[Path | None, typer.Option(metavar="DB", help="Keep the alarms, and go on with them.")] = None,
    for_: Annotated[str | None, typer.Option("--for", metavar="D", help="How long; until Ctrl-C otherwise.")] = None,
    station: StationOption = None,
) -> None:
    """Watch a source without a window: a line of JSON for everything that happens."""
    import asyncio

    from twin import times
    from twin.alarms.journal import Journal
    from twin.clock import WallClock
    from twin.recordings.recorder import Recorder
    from twin.sources.opening import open_source
    from twin.watching import watch as watching

    duration = times.duration(for_) if for_ else None
    if record is not None and _same_file(record, source):
        raise StationError(record, "is the recording that is watched", "Record into another file")
    opened = open_source(source, _station(station))
    with contextlib.ExitStack() as stack:
        stack.callback(opened.close)
        recorder = None
        if record is not None:
            recorder = stack.enter_context(Recorder(record, opened.tags, opened.station, opened.name))
        kept = stack.enter_context(Journal(journal, writing=True)) if journal is not None else None
        asyncio.run(watching(opened, say_line, WallClock(), recorder, duration, kept))


@app.command(short_help="Run the detectors over a recording.")
def analyse(
    recording: Annotated[Path, typer.Argument(metavar="REC", help="A recording or a CSV file.", show_default=False)],
    healthy: Annotated[str | None, typer.Option(metavar="SPAN", help="Known to be sound: learn from it.")] = None,
    events: Annotated[Path | None, typer.Option(metavar="JSON", help="Write what was found.")] = None,
    scores: Annotated[Path | None, typer.Option(metavar="CSV", help="Write a score for each row.")] = None,
    station: StationOption = None,
    map_: Annotated[Path | None, typer.Option("--map", metavar="MAP", help="What a CSV file's columns are.")] = None,
    json_: Json = False,
) -> None:
    """Run the detectors over a recording at full speed, and list what they found."""
    from twin import times
    from twin.analysis import analyse as analysing
    from twin.analysis import write_events, write_scores

    with contextlib.ExitStack() as stack:
        data = _data(recording, station, map_, stack)
        span = times.span(healthy, _zone(data.station)).within(*data.span) if healthy else None
        with _progress("Analysing") as told:
            findings = analysing(data, span, told)
        if events is not None:
            write_events(findings, events)
        if scores is not None:
            write_scores(findings, scores)
    if json_:
        say_json(findings.summary())
        return
    say_findings(findings.summary(), data.span[0], findings.unchecked)


@app.command(short_help="Fit a station to a healthy recording.")
def calibrate(
    recording: RecordingArgument,
    out: Annotated[Path, typer.Option(metavar="STATION", help="The station file to write.", show_default=False)],
    span: Annotated[str | None, typer.Option(metavar="SPAN", help="Only this part, known to be sound.")] = None,
    station: StationOption = None,
    json_: Json = False,
) -> None:
    """Fit pumps, transmitters and noise to a healthy recording, and write a new station file."""
    from twin import times
    from twin.calibration import calibrate_recording, ensure_new, with_model_found, write_station
    from twin.plant.checking import mistakes
    from twin.recordings.recording import Recording

    ensure_new(out)
    with Recording.open(recording) as opened, _progress("Calibrating") as told:
        named = _station(station)
        of = named if named is not None or station == NO_STATION else opened.station
        if of is None:
            raise StationError(recording, "brings no station to calibrate", "Name one with --station")
        part = times.span(span, of.zone).within(*opened.span) if span else None
        calibrated = calibrate_recording(opened, of, part, told)
    text = with_model_found(calibrated.text, of, out)
    write_station(text, out)
    for mistake in mistakes(text, out):  # such as a 3D model that lies nowhere
        typer.echo(f"{out}: {mistake}", err=True)
    if json_:
        say_json(calibrated.told())
        return
    say_calibration(calibrated.told(), str(out))


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="CSV, Parquet, MCAP, TUM, FLIR, panoramas.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(metavar="REC", help="The recording to make.", show_default=False)],
    map_: Annotated[Path | None, typer.Option("--map", metavar="MAP.toml", help="What the columns are.")] = None,
    station: StationOption = None,
) -> None:
    """Read foreign files into a recording."""
    from twin.importing import import_files
    from twin.recordings.importers.mapping import read_map

    mapping = read_map(map_) if map_ is not None else None
    with _progress("Importing") as told:
        summaries = import_files(files, out, _station(station, default=True), mapping, told)
    for summary in summaries:
        for sentence in summary.sentences():
            typer.echo(sentence)


@app.command()
def export(
    recording: RecordingArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .csv, .parquet or .mcap file.", show_default=False)],
    tags: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Only these tags; may be repeated.")] = None,
    span: Annotated[str | None, typer.Option(metavar="SPAN", help="Only this part.")] = None,
    every: Annotated[str | None, typer.Option(metavar="D", help="The last row of each such interval only.")] = None,
) -> None:
    """Write a recording as CSV, Parquet or MCAP, raw or reduced."""
    from twin import times
    from twin.exporting import export as exporting
    from twin.exporting import left_out
    from twin.recordings.recording import Recording

    if _same_file(out, str(recording)):
        raise StationError(out, "is the recording itself", "Name another file with --out")
    with Recording.open(recording) as opened:
        part = times.span(span, _zone(opened.station)) if span else None
        interval = times.duration(every) if every else None
        with _progress("Exporting") as told:
            rows = exporting(opened, out, tags or (), part, interval, told)
        missing = left_out(opened, out, tags or ())
    typer.echo(f"{out}: {rows} rows, {'raw' if interval is None else 'reduced to one every ' + str(every)}")
    if missing:
        typer.echo(missing)


@app.command(short_help="Say what a file holds.")
def info(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to look at.", show_default=False)],
    verify: Annotated[
        bool, typer.Option("--verify", help="Read all of a recording and hold it against its hashes.")
    ] = False,
    station: StationOption = None,
    json_: Json = False,
) -> None:
    """Say what a recording, a station, a 3D model or a CSV file holds; with --station what a model's nodes show."""
    from twin.describing import described

    told = described(file, verify, _station(station))
    if json_:
        say_json(told)
    else:
        say_facts(told)
    if told.get("damaged"):
        count = len(told["damaged"])
        wrong = f"is damaged in {count} {'place' if count == 1 else 'places'}"
        raise StationError(file, wrong, "What is damaged reads as missing: take it from a copy")
    if told.get("annotations_intact") is False:
        raise StationError(file, "holds annotations that were changed", "Take them from a copy")


@app.command(short_help="Check a station file.")
def check(
    station: Annotated[Path, typer.Argument(metavar="STATION", help="A station file.", show_default=False)],
    json_: Json = False,
) -> None:
    """Say every mistake in a station file at once, each with its line."""
    from twin.plant.checking import mistakes
    from twin.plant.reading import text_of

    found = mistakes(text_of(station), station)
    errors = sum(mistake.grade == "error" for mistake in found)
    if json_:
        say_json(
            [{"line": m.line, "where": m.where, "wrong": m.wrong, "remedy": m.remedy, "grade": m.grade} for m in found]
        )
    for mistake in found if not json_ else ():
        typer.echo(f"{'warning: ' if mistake.grade == 'warning' else ''}{mistake}")
    if errors:
        raise StationError(
            station, f"has {errors} {'mistake' if errors == 1 else 'mistakes'}", "Correct what is listed"
        )
    if not json_:
        typer.echo(f"{station}: sound")


# ---- what they share ------------------------------------------------------------------------------------------------


def _station(named: str | None, default: bool = False) -> Station | None:
    """The station named; where none is, the reference station if that is the default."""
    from twin.plant.reading import read

    if named == NO_STATION or (named is None and not default):
        return None
    return read(Path(named)) if named is not None else read()


def _needed_station(named: str | None) -> Station:
    station = _station(named, default=True)
    if station is None:
        raise StationError("--station none", "a simulator needs a station", "Name its file, or leave the option out")
    return station


def _data(path: Path, station: str | None, map_: Path | None, stack: contextlib.ExitStack) -> Any:
    """What is to be analysed: a CSV file by its name, else a recording."""
    from twin.analysis import Data
    from twin.describing import SHEETS
    from twin.recordings.recording import Recording

    if path.suffix.lower() in SHEETS:
        from twin.recordings.importers.foreign import import_sheet
        from twin.recordings.importers.mapping import read_map

        mapping = read_map(map_) if map_ is not None else None
        return Data.of_sheet(import_sheet(path, _station(station, default=True), mapping))
    recording = stack.enter_context(Recording.open(path))
    brought = recording.station if station is None else _station(station)
    return Data.of_recording(recording, brought)


def _zone(station: Station | None) -> tzinfo:
    """Where a time without an offset is local."""
    return station.zone if station is not None else UTC


def _same_file(one: Path, other: str) -> bool:
    try:
        return one.exists() and one.samefile(other)
    except OSError:
        return False


@contextlib.contextmanager
def _progress(doing: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error where that is a terminal, and nothing where it is not."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(doing, total=1.0)
        yield lambda share: bars.update(bar, completed=share)


# ---- when it does not go well ---------------------------------------------------------------------------------------


def _say_error(sentence: str, status: int) -> int:
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.write(f"{sentence}\n")
    return status


def _misused(error: Any) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "pumphouse"
    message = error.format_message().strip()
    sentence = message if message.endswith((".", "?", "!")) else f"{message}."
    return _say_error(f"{sentence} `{path} --help` tells more.", MISUSED)


def _interrupted() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the last words shall not be cut short by a second Ctrl-C
    return _say_error("Interrupted.", INTERRUPTED)


def _unheard() -> int:
    """Whoever read our output has gone: there is nobody to tell."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
