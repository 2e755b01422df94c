"""A pipeline is saved and used, and a file that is none is refused: nothing in it is executed."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from comparisons.harness import table_files
from comparisons.harness.concept import Settings
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.frames import as_csv
from comparisons.harness.tabular import rows, saved
from comparisons.harness.tabular.asking import ask
from tests.comparisons.harness.tabular import samples


def saved_from(folder, frame, target, epochs, **options):
    path = folder / "own.csv"
    path.write_bytes(samples.text(frame))
    settings = Settings(epochs=epochs, table=ask(path, target, **options))
    told = []
    saved.save(folder / "own.pipeline", settings.table, settings, "own_table", told.append)
    assert told == [f"{n} of {settings.epochs} epochs" for n in range(1, settings.epochs + 1)]
    return folder / "own.pipeline"


@pytest.fixture(scope="module")
def of_people(tmp_path_factory):
    return saved_from(tmp_path_factory.mktemp("people"), samples.people(), "bought", 30)


@pytest.fixture(scope="module")
def of_patients(tmp_path_factory):
    return saved_from(tmp_path_factory.mktemp("patients"), samples.diabetes(), "target", 8)


def told(path, frame):
    return saved.load(path).predict(table_files.parse(as_csv(frame)))


def test_classes_are_told_with_their_probabilities(of_people):
    frame = samples.people()
    found, notes = told(of_people, frame.drop(columns=["bought", "id", "planet"]))
    assert list(found) == ["predicted bought", "probability of no", "probability of yes"]
    shares = found[["probability of no", "probability of yes"]]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert (found["predicted bought"].to_numpy() == frame["bought"]).mean() > 0.8
    assert not notes


def test_a_number_is_told_in_its_own_unit(of_patients):
    frame = samples.diabetes()
    found, _ = told(of_patients, frame)
    error = found["predicted target"].to_numpy() - frame["target"]
    assert 1 - (error**2).mean() / frame["target"].var(ddof=0) > 0.4


def test_a_row_is_told_alike_alone_and_in_company(of_people):
    frame = samples.people()
    together, _ = told(of_people, frame)
    alone, _ = told(of_people, frame.iloc[[7]])
    both = (found.iloc[place, 1:].astype(float) for found, place in ((alone, 0), (together, 7)))
    np.testing.assert_allclose(*both, rtol=1e-5)


def test_what_training_did_not_see_is_told(of_people):
    frame = samples.people().head(3).assign(sex=["f", "other", None], joined=None)
    found, notes = told(of_people, frame)
    assert len(found) == 3 and np.isfinite(found.iloc[:, 1].astype(float)).all()
    assert notes == [
        "column sex: values that training did not have: 1, such as 'other' in line 4; taken as "
        "unknown",
        "column sex: missing values, where training had none: 1; taken as unknown",
        "column joined: missing values, where training had none: 3; taken as the median",
    ]


def test_columns_that_training_did_not_have_are_told(of_people):
    frame = samples.people().head(3)
    expected, nothing = told(of_people, frame)
    found, notes = told(of_people, frame.assign(**{f"new {n}": n for n in range(2)}))
    assert not nothing and found.equals(expected)
    assert notes == ["columns that training did not have: 'new 0', 'new 1'; left out"]
    _, (note,) = told(of_people, frame.assign(**{f"new {n}": n for n in range(9)}))
    assert note.endswith("'new 4', …; left out")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"age": "old"}, "line 3, column age: expected a number, got 'old'"),
        ({"joined": "soon"}, "column joined: not every value is a date"),
    ],
)
def test_a_table_that_does_not_fit(of_people, change, message):
    with pytest.raises(DataError, match=message):
        told(of_people, samples.people().assign(**change))
    with pytest.raises(DataError, match="lacks the columns age, sex; the pipeline tells"):
        told(of_people, samples.people()[["joined"]])


def test_keras_reads_the_network(of_people, tmp_path):
    import keras

    with zipfile.ZipFile(of_people) as archive:
        archive.extract(saved.MODEL, tmp_path)
    model = keras.models.load_model(tmp_path / saved.MODEL)
    pipeline = saved.load(of_people)
    x = np.random.default_rng(0).normal(size=(4, len(pipeline.question.features))).astype("float32")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(model(x)), pipeline.model.predict(x, verbose=0), atol=1e-6
    )


def test_it_is_trained_on_all_rows(of_people):
    pipeline = saved.load(of_people)
    found = rows.load(ask(of_people.parent / "own.csv", "bought"))
    assert pipeline.preparation.means["age"] == pytest.approx([found.frame["age"].fillna(
        found.frame["age"].median()).mean()])  # fmt: skip
    assert str(of_people.parent) not in json.dumps(pipeline.question.path)


def rewritten(path, folder, change=None, model=None, extra=None):
    """The pipeline with its JSON changed, another network, or another member."""
    with zipfile.ZipFile(path) as archive:
        content = json.loads(archive.read(saved.PIPELINE))
        network = archive.read(saved.MODEL)
    if change:
        content = change(content) or content
    target = folder / "changed.pipeline"
    with zipfile.ZipFile(target, "w") as archive:
        text = content if isinstance(content, bytes) else json.dumps(content)
        archive.writestr(saved.PIPELINE, text)
        archive.writestr(saved.MODEL, model or network)
        if extra:
            archive.writestr(extra, b"")
    return target


def put(*path, value):
    def change(content):
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: b"{", "is no JSON"),
        (lambda content: b"[" * 200_000, "is no JSON"),
        (lambda content: [1], "expected an object"),
        (put("version", value=2), '"version" 1'),
        (put("question", value=None), "a field is missing or of a wrong kind"),
        (put("question", "columns", value=[]), "expected columns"),
        (put("question", "columns", 1, "surprise", value=1), "a field is missing or of a wrong"),
        (put("question", "columns", 1, "name", value=7), "expected texts"),
        (put("question", "columns", 1, "gaps", value="many"), "expected a count of gaps"),
        (put("question", "classes", value=["no"]), "expected the classes"),
        (put("question", "classes", value=["no", "yes", "perhaps"]), "takes and gives"),
        (put("question", "columns", 2, "values", value=["f", "m", "x"]), "takes and gives"),
        (put("preparation", "medians", "age", value=["1"]), '"medians" of 1 numbers for age'),
        (put("preparation", "means", "age", value=[float("nan")]), '"means" of 1 numbers'),
        (put("preparation", "deviations", "age", value=[0]), '"deviations" above 0'),
        (put("preparation", "seen", "sex", value=["x"]), '"seen" values for sex'),
        (put("preparation", "seen", value=None), "a field is missing or of a wrong kind"),
        (put("scale", value=[0, 1]), '"scale" for a number'),
    ],
)
def test_fields_that_are_not_what_they_should_be(of_people, tmp_path, change, message):
    with pytest.raises(DataError, match=message) as refused:
        saved.load(rewritten(of_people, tmp_path, change))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_a_file_that_is_no_pipeline(tmp_path, content):
    path = tmp_path / "own.pipeline"
    path.write_bytes(content)
    with pytest.raises(DataError, match="own.pipeline: is no saved pipeline"):
        saved.load(path)


def test_other_members_and_other_networks_are_refused(of_people, of_patients, tmp_path):
    with pytest.raises(DataError, match="no such file"):
        saved.load(tmp_path / "none")
    with pytest.raises(DataError, match="is no saved pipeline: it holds no"):
        saved.load(rewritten(of_people, tmp_path, extra="code.py"))
    with pytest.raises(DataError, match="model.keras: cannot be read"):
        saved.load(rewritten(of_people, tmp_path, model=b"PK"))
    with zipfile.ZipFile(of_patients) as archive:
        other = archive.read(saved.MODEL)
    with pytest.raises(DataError, match="model.keras: takes and gives"):
        saved.load(rewritten(of_people, tmp_path, model=other))


def test_a_member_that_unpacks_to_too_much_is_refused(of_people, tmp_path, monkeypatch):
    monkeypatch.setitem(saved.MOST_BYTES, saved.PIPELINE, 100)
    with pytest.raises(DataError, match="pipeline.json: is larger than"):
        saved.load(of_people)


def test_a_damaged_file_is_refused_wherever_it_is_damaged(of_people, tmp_path):
    whole = of_people.read_bytes()
    path = tmp_path / "own.pipeline"
    generator = np.random.default_rng(0)
    for _ in range(30):
        content = bytearray(whole)
        for place in generator.integers(0, len(whole), 3):
            content[place] ^= int(generator.integers(1, 256))
        path.write_bytes(content[: generator.integers(1, len(whole))])
        with pytest.raises(DataError):
            saved.load(path)


def test_a_frame_is_read_as_its_file(tmp_path):
    frame = pd.DataFrame({"a;b": [1.5, np.nan], "c;d": ["x,y", "z"], "e": [True, False]})
    found = table_files.parse(as_csv(frame)).frame
    assert found.columns.tolist() == ["a;b", "c;d", "e"]
    assert found.to_numpy().tolist() == [["1.5", "x,y", "True"], ["", "z", "False"]]
    with pytest.raises(DataError, match="expected the path of a file or a pandas DataFrame, got l"):
        as_csv([1])
