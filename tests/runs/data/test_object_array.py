"""The course's kind of file, made here by hand: what it holds is read, and nothing else that a pickle may say."""

import pickle
import pickletools
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.data.object_array import read_object_array
from tests.runs.data.course_file import pickle_as_python_2, write_array, write_number


def test_float_array_is_read_to_the_bit_and_the_number_beside_it_passed_over():
    colours = np.random.default_rng(0).random((24, 3))
    pickled = pickle_as_python_2([write_array(colours), write_number(0.0728)])
    (found,) = read_object_array(pickled)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, colours)


def test_made_up_file_is_one_that_unpickling_reads_alike():
    colours = np.arange(12.0).reshape(4, 3)
    theirs = pickle.loads(pickle_as_python_2([write_array(colours), write_number(2.5)]), encoding="latin1")
    np.testing.assert_array_equal(theirs[0], colours)
    assert theirs[1] == 2.5


class Evil:
    def __reduce__(self):
        return (print, ("called",))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_call_of_anything_else_is_refused_by_its_name_and_not_made(protocol, capsys):
    with pytest.raises(ValueError, match=r"names (builtins|__builtin__)\.print|instruction|protocol"):
        read_object_array(pickle.dumps(Evil(), protocol))
    assert capsys.readouterr().out == ""


def test_name_is_said_in_the_refusal():
    with pytest.raises(ValueError, match=r"names __builtin__\.print"):
        read_object_array(pickle.dumps(Evil(), 2))


@pytest.mark.parametrize("value", [1, "text", [1.0], {"a": 1}, None, (1, 2)])
def test_pickles_of_other_things_are_refused(value):
    with pytest.raises(ValueError, match="a pickle"):
        read_object_array(pickle.dumps(value, 2))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (b"f8", b"i8", "no array of float64"),
        (b"<", b">", "no array of float64"),
        (b"M\x04\x00K\x03", b"M\x05\x00K\x03", "not as long as its shape"),
        (b"M\x04\x00K\x03", b"J\xff\xff\xff\xffK\x03", "no possible shape"),
    ],
)
def test_array_of_another_kind_or_shape_is_refused(was, now, said):
    pickled = pickle_as_python_2([write_array(np.arange(12.0).reshape(4, 3))])
    assert was in pickled
    with pytest.raises(ValueError, match=said):
        read_object_array(pickled.replace(was, now, 1))


def test_every_truncation_is_refused():
    pickled = pickle_as_python_2([write_array(np.arange(6.0).reshape(2, 3)), write_number(1.0)])
    for end in range(len(pickled)):
        with pytest.raises((ValueError, IndexError, KeyError)):
            read_object_array(pickled[:end])


@given(st.data())
def test_any_altered_byte_is_refused_or_alters_figures_alone(data):
    pickled = bytearray(pickle_as_python_2([write_array(np.arange(6.0).reshape(2, 3)), write_number(1.0)]))
    pickled[data.draw(st.integers(0, len(pickled) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_object_array(bytes(pickled))
    except (ValueError, IndexError, KeyError, TypeError, struct.error):
        return
    assert all(array.dtype == np.float64 for array in found)


def test_instructions_are_those_of_the_course_file():
    names = {op.name for op, _, _ in pickletools.genops(pickle_as_python_2([write_array(np.ones((2, 3)))]))}
    assert {"GLOBAL", "REDUCE", "BUILD", "BINSTRING", "APPENDS"} <= names
