"""Messages of ROS 2 are read by the definition that goes with them."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.recordings.importers.cdr import Definition, NotCdrError

POINT = """
# where it is
std_msgs/Header header
uint8 KIND=3
bool sound true
float64[2] at
Named[] more   # as many as there are
string<=5 name
uint8[] raw
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
================================================================================
MSG: our_msgs/Named
uint8 short
float32 value 1.5
"""


def written(order: str) -> bytes:
    """One such message, put down field by field."""
    body = struct.pack(f"{order}iI", 7, 500) + struct.pack(f"{order}I4s", 4, b"odo\0") + b"\x01"
    body += b"\0" * (-len(body) % 8) + struct.pack(f"{order}2d", 1.25, -2.5)
    body += struct.pack(f"{order}I", 2) + struct.pack(f"{order}B3xf", 9, 0.5) + struct.pack(f"{order}B3xf", 8, 0.25)
    body += struct.pack(f"{order}I2s", 2, b"a\0")
    body += b"\0" * (-len(body) % 4) + struct.pack(f"{order}I", 3) + b"xyz"
    return bytes((0, 1 if order == "<" else 0, 0, 0)) + body


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_message_comes_back_field_by_field_in_either_byte_order(order: str) -> None:
    assert Definition("our_msgs/msg/Point", POINT).decode(written(order)) == {
        "header": {"stamp": {"sec": 7, "nanosec": 500}, "frame_id": "odo"},
        "sound": True,
        "at": (1.25, -2.5),
        "more": [{"short": 9, "value": 0.5}, {"short": 8, "value": 0.25}],
        "name": "a",
        "raw": b"xyz",
    }


@given(st.integers(0, len(written("<")) - 1))
def test_a_message_that_is_cut_off_is_refused_wherever_it_is_cut(length: int) -> None:
    with pytest.raises(NotCdrError):
        Definition("our_msgs/msg/Point", POINT).decode(written("<")[:length])


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(NotCdrError):
        read = Definition("our_msgs/msg/Point", POINT).decode(b"\x00\x01\x00\x00" + data)
        assert list(read) == ["header", "sound", "at", "more", "name", "raw"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("other_msgs/Thing it", "nothing of other_msgs/Thing"),
        ("a_msgs/A it\n===\nMSG: a_msgs/A\na_msgs/A it", "in circles"),
        ("what is this?", "holds 'what is this\\?'|nothing of"),
        ("# nothing", "has no fields"),
    ],
)
def test_a_definition_that_cannot_be_understood_says_why(text: str, said: str) -> None:
    with pytest.raises(NotCdrError, match=said):
        Definition("a_msgs/msg/Root", text)
