"""A recording as a Parquet file: time, arrival, a column a tag and one for its quality, and what came beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from twin import __version__, times
from twin.recordings.exporters.beside import Beside, Company
from twin.recordings.exporters.extract import Extract
from twin.recordings.exporters.whole import whole
from twin.recordings.importers.beside import stamp
from twin.recordings.importers.parquet import (
    ARRIVED,
    OWN_DATA,
    OWN_LOG,
    OWN_NOTES,
    OWN_STATION,
    OWN_TAGS,
    QUALITY,
    TIME,
)
from twin.recordings.logbook import tags_as_text
from twin.signals import Block, Floats, Tag

GROUP = 2**24  # values in a row group: some hours of the reference station
GROUP_OF_PICTURES = 2**26  # bytes of pictures that fill one too
Accompanied = tuple[Block, Beside]


def write_parquet(extract: Extract, path: Path) -> int:
    """How many rows were written. The metadata of the schema say what the importer needs to bring all of it back."""
    import pyarrow.parquet as pq

    written = 0
    company = Company(extract)
    schema = _schema(extract, company)
    with whole(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for block, beside in _grouped(_accompanied(extract.blocks(), company), len(extract.tags)):
            writer.write_table(_table(block, company.columns(block.at, beside), schema))
            written += len(block)
    return written


def _schema(extract: Extract, company: Company) -> Any:
    import pyarrow as pa

    said = {
        OWN_DATA: extract.said.encode(),
        b"pumphouse.recording": extract.recording.path.name.encode(),
        b"pumphouse.program": __version__.encode(),
        OWN_TAGS: tags_as_text(extract.tags),
        OWN_LOG: extract.log(),
        OWN_NOTES: extract.notes(),
    }
    if extract.recording.station is not None:
        said[OWN_STATION] = extract.recording.station.text.encode()
    fields = [pa.field(TIME, stamp()), pa.field(ARRIVED, stamp())]
    fields += [pa.field(tag.name, pa.float64(), metadata=_described(tag)) for tag in extract.tags]
    fields += [pa.field(tag.name + QUALITY, pa.uint8()) for tag in extract.tags]
    return pa.schema([*fields, *company.fields()], metadata=said)


def _described(tag: Tag) -> dict[str, str]:
    told = {"unit": tag.unit, "description": tag.description.en, "equipment": tag.equipment, "measures": tag.measures}
    return {name: said for name, said in told.items() if said}


def _table(block: Block, beside: list[Any], schema: Any) -> Any:
    import pyarrow as pa

    columns = [_stamps(block.at), _stamps(block.arrived)]
    columns += [pa.array(values, mask=np.isnan(values)) for values in np.ascontiguousarray(block.values.T)]
    columns += [pa.array(quality) for quality in np.ascontiguousarray(block.quality.T)]
    return pa.Table.from_arrays([*columns, *beside], schema=schema)


def _stamps(at: Floats) -> Any:
    import pyarrow as pa

    counted = times.nanoseconds(at)
    return pa.array(counted, stamp(), mask=counted == times.NO_TIME)


def _accompanied(blocks: Iterator[Block], company: Company) -> Iterator[Accompanied]:
    """Blocks with what came with them; what came after the last row comes with that."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None:
            yield waiting, company.until(float(waiting.at[-1]))
        waiting = block
    if waiting is not None:
        yield waiting, company.until(np.inf)


def _grouped(parts: Iterator[Accompanied], width: int) -> Iterator[tuple[Block, list[Beside]]]:
    """Blocks put together until a row group is full of values, or of pictures."""
    waiting: list[Accompanied] = []
    for part in parts:
        waiting.append(part)
        rows, pictures = sum(len(block) for block, _ in waiting), sum(beside.size for _, beside in waiting)
        if width * rows >= GROUP or pictures >= GROUP_OF_PICTURES:
            yield _joined([block for block, _ in waiting]), [beside for _, beside in waiting]
            waiting = []
    if waiting:
        yield _joined([block for block, _ in waiting]), [beside for _, beside in waiting]


def _joined(blocks: list[Block]) -> Block:
    return Block(
        np.concatenate([block.at for block in blocks]),
        np.concatenate([block.values for block in blocks]),
        np.concatenate([block.quality for block in blocks]),
        np.concatenate([block.arrived for block in blocks]),
    )
