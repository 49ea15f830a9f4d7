from __future__ import annotations

import pytest

from rheobase.errors import ParameterError
from rheobase.pulse import from_csv

GOOD = "# made by hand\ntime_us,note,relative\n\n0,a,0\n100,b,-1\n300,c,0.5\n400,d,0\n"


def written(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "wave.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_is_read_with_comments_blank_lines_and_further_columns(tmp_path, encoding, newline):
    pulse = from_csv(written(tmp_path, GOOD.replace("\n", newline), encoding))
    assert pulse.name == "wave"
    assert pulse.duration_us == 400
    assert pulse.peak == 1
    assert pulse.value([100, 200, 300]).tolist() == [-1, -0.25, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "wave.csv: the file is empty; it must begin with the line 'time_us,relative'."),
        ("0,0\n1,1\n", "wave.csv, line 1: the column 'time_us' is missing."),
        ("time_us,relativ\n0,1\n", "line 1: the column 'relative' is missing. Is it 'relativ'? The first line must be"),
        ("time_us;relative\n0;1\n", "line 1: the column 'time_us' is missing. Use commas between columns."),
        ("time_us,relative\n0,0\n1,nan\n2,0\n", "line 3: relative is 'nan'; it must be a finite number"),
        ("time_us,relative\n0,0\n\n1,inf\n", "line 4: relative is 'inf'; it must be a finite number"),
        ("time_us,relative\n0,0\n1\n2,0\n", "line 3: relative is ''; it must be a finite number, with a point"),
        ("time_us,relative\n0,0\nx,1\n", "line 3: time_us is 'x'; it must be a finite number"),
        ("time_us,relative\n0,0\n5,1\n5,0\n", "line 4: time_us is 5 us after 5 us; times must increase. Sort the"),
        ("time_us,relative\n0,0\n5,20\n", "line 3: relative is 20; it must be -1 to 1, for amplitude_mA is the peak"),
        ("time_us,relative\n0,1\n", "wave.csv: 1 samples, of which 1 are not zero; a pulse needs at least two"),
        ("time_us,relative\n0,0\n1,0\n", "2 samples, of which 0 are not zero; a pulse needs at least two"),
    ],
)
def test_csv_is_refused_with_file_line_and_remedy(tmp_path, text, message):
    with pytest.raises(ParameterError) as caught:
        from_csv(written(tmp_path, text))
    assert message in str(caught.value)
    assert str(tmp_path / "wave.csv") in str(caught.value)


def test_csv_that_is_not_there(tmp_path):
    with pytest.raises(ParameterError, match=r"none\.csv: cannot be read \(No such file .*\)\. Check the path"):
        from_csv(tmp_path / "none.csv")


def test_csv_that_is_not_text(tmp_path):
    file = tmp_path / "wave.csv"
    file.write_bytes(b"\xff\xfe\x00time")
    with pytest.raises(ParameterError, match="is no UTF-8 text"):
        from_csv(file)
