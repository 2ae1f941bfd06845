"""Models from elsewhere: any order of labels, any set of inputs, named by their content, refused where unclear."""

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from flows.compare import Comparer, EngineError
from flows.compare.hub import CONTRADICTIONS, load
from flows.compare.model import WEIGHTS, CrossEncoder, bundled
from flows.compare.verdict import most_probable
from flows.pipeline import run_pass
from flows.plan import plan
from flows.read.passages import split
from flows.settings import Settings
from seeds.engine import Folder
from tests.compare import tiny
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.records import Probability
from warehouse.store import Warehouse

ROOT = Path(__file__).resolve().parents[2]


def model(folder: Path) -> CrossEncoder:
    return load(Folder(folder), bundled()[0].combiner)


def softmax(*scores: float) -> list[float]:
    powers = np.exp(np.asarray(scores))
    return [float(p) for p in powers / powers.sum()]


def near(said: Probability, supports: float, contradicts: float, neutral: float) -> bool:
    return np.allclose([said.supports, said.contradicts, said.neutral], [supports, contradicts, neutral], atol=1e-6)


# labels


@pytest.mark.parametrize("labels", itertools.permutations(tiny.MEANINGS))
def test_labels_may_come_in_any_order(tmp_path: Path, labels: tuple[str, ...]) -> None:
    said = model(tiny.write(tmp_path, labels))("same", "talks")
    assert near(said, *softmax(3.0, 0.0, 0.8))
    assert most_probable(model(tmp_path)("not talks", "talks")) == "contradicts"


@pytest.mark.parametrize(
    "shown",
    [
        ("ENTAILMENT", "CONTRADICTION", "NEUTRAL"),
        ("entails", "contradicts", "neutral"),
        ("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"),
    ],
)
def test_labels_go_by_the_names_that_are_in_use(tmp_path: Path, shown: tuple[str, ...]) -> None:
    assert most_probable(model(tiny.write(tmp_path, shown=shown))("not", "talks")) == "contradicts"


def test_labels_may_be_named_the_other_way_round(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    named = {label: n for n, label in enumerate(tiny.MEANINGS)}
    (tmp_path / "config.json").write_text(json.dumps({"label2id": named}))
    assert most_probable(model(tmp_path)("not", "talks")) == "contradicts"


@pytest.mark.parametrize(
    "shown",
    [("LABEL_0", "LABEL_1", "LABEL_2"), ("entailment", "neutral", "neutral"), ("positive", "negative", "neutral")],
)
def test_labels_that_do_not_tell_which_is_which_are_refused(tmp_path: Path, shown: tuple[str, ...]) -> None:
    with pytest.raises(EngineError, match=rf"labels \({', '.join(shown)}\) do not tell") as caught:
        model(tiny.write(tmp_path / "unclear", shown=shown))
    assert "unclear" in str(caught.value)


@pytest.mark.parametrize("labels", [("entailment", "not_entailment"), ("not_entailment", "entailment")])
def test_what_is_not_entailed_is_no_contradiction(tmp_path: Path, labels: tuple[str, ...]) -> None:
    two_way = model(tiny.write(tmp_path, labels))
    said = two_way("not talks", "talks")
    supports, rest = softmax(0.0, 3.0 + 0.4 + 0.8)
    assert near(said, supports, rest * CONTRADICTIONS, rest * (1 - CONTRADICTIONS))
    comparer = Comparer.load(Folder(tmp_path))
    assert comparer.judge("The talks went on.", split("Talks: not, not, not.")).verdict == "neutral"
    assert comparer.judge("The same talks.", split("The same, the same talks.")).verdict == "supports"
    conflict = comparer.judge("The ceasefire is to last 30 days.", split("The ceasefire is to last 60 days."))
    assert (conflict.verdict, conflict.kind) == ("contradicts", "duration")


# what goes in


def test_the_claim_is_told_apart_where_the_graph_wants_to_know(tmp_path: Path) -> None:
    with_segments = model(tiny.write(tmp_path / "a"))
    without = model(tiny.write(tmp_path / "b", segments=False))
    assert near(with_segments("talks", "same"), *softmax(6.0, 0.0, 0.4))
    assert near(without("talks", "same"), *softmax(3.0, 0.0, 0.4))


def test_a_graph_may_want_narrow_numbers(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    narrow = tiny.graph(tiny.rows(tiny.MEANINGS), segments=True, positions=64, ids=TensorProto.INT32)
    onnx.save_model(narrow, tmp_path / "model.onnx")
    assert near(model(tmp_path)("talks", "same"), *softmax(6.0, 0.0, 0.4))


def test_a_long_premise_is_cut_at_the_models_own_limit(tmp_path: Path) -> None:
    said = model(tiny.write(tmp_path, positions=12))("talks " * 500 + "not", "same")
    # [CLS] and 8 words, [SEP], the claim, [SEP]; "not" is cut off
    assert near(said, *softmax(6.0, 0.0, 8 * 0.4))


def test_positions_that_no_token_gets_are_not_counted(tmp_path: Path) -> None:
    tiny.write(tmp_path, model_type="roberta", pad_token_id=1, max_position_embeddings=14)
    onnx.save_model(
        tiny.graph(tiny.rows(tiny.MEANINGS), segments=False, positions=14, offset=2), tmp_path / "model.onnx"
    )
    assert near(model(tmp_path)("talks " * 500, "same"), *softmax(3.0, 0.0, 8 * 0.4))


def test_a_tokenizer_may_allow_less_than_the_model(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 12}))
    assert near(model(tmp_path)("talks " * 500, "same"), *softmax(6.0, 0.0, 8 * 0.4))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 1e30}))
    assert near(model(tmp_path)("talks " * 9, "same"), *softmax(6.0, 0.0, 9 * 0.4))


def test_a_temperature_softens(tmp_path: Path) -> None:
    tiny.write(tmp_path, temperature=2.0)
    assert near(model(tmp_path)("same", "talks"), *softmax(1.5, 0.0, 0.4))


def test_the_weights_on_board_say_the_same_from_a_folder(tmp_path: Path) -> None:
    own = json.loads((WEIGHTS / "verdict.json").read_text("utf-8"))
    (tmp_path / "model.onnx").symlink_to(WEIGHTS / "verdict.onnx")
    (tmp_path / "tokenizer.json").symlink_to(WEIGHTS / "tokenizer.json")
    config = {
        "id2label": dict(enumerate(own["labels"])),
        "max_position_embeddings": own["max_tokens"],
        "temperature": own["temperature"],
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    here, elsewhere = Comparer.load(), Comparer.load(Folder(tmp_path))
    for fact, text in (
        ("The ceasefire is to last 30 days.", "The ceasefire is to run for 60 days, a draft says."),
        ("The talks took place in Istanbul.", "The delegations met in Istanbul on Friday."),
        ("Umerov led the delegation.", "It was raining. " + "The minister spoke of many other things. " * 40),
    ):
        assert elsewhere.judge(fact, split(text)) == here.judge(fact, split(text))
        assert elsewhere.model(text, fact) == here.model(text, fact)


# the name


def test_the_name_tells_weights_apart_and_nothing_else(tmp_path: Path) -> None:
    first = model(tiny.write(tmp_path / "nli")).engine
    assert first.startswith("hub:nli@")
    assert model(tiny.write(tmp_path / "copy" / "nli")).engine == first
    assert model(tiny.write(tmp_path / "other" / "nli", scale=1.5)).engine != first
    assert (
        model(tiny.write(tmp_path / "labels" / "nli", shown=("contradiction", "entailment", "neutral"))).engine != first
    )


def test_weights_beside_the_graph_are_part_of_the_name(tmp_path: Path) -> None:
    engines = set()
    for scale in (1.0, 1.5):
        folder = tiny.write(tmp_path / str(scale) / "nli")
        made = tiny.graph(tiny.rows(tiny.MEANINGS, scale), segments=True, positions=64)
        onnx.save_model(
            made, folder / "model.onnx", save_as_external_data=True, location="model.onnx_data", size_threshold=64
        )
        engines.add(model(folder).engine)
    assert len(engines) == 2


def test_findings_bear_the_name_with_the_rules(tmp_path: Path) -> None:
    comparer = Comparer.load(Folder(tiny.write(tmp_path / "nli")))
    assert comparer.engine.startswith(comparer.model.engine + ".")
    assert comparer.engine != Comparer.load().engine


# what cannot be used


def broken(folder: Path) -> Iterator[tuple[str, str]]:
    """Breaks the model in this folder in one way after the other; gives the way and what the error says."""
    good = {path.name: path.read_bytes() for path in folder.iterdir()}
    three, two = tiny.rows(tiny.MEANINGS), tiny.rows(("entailment", "not_entailment"))
    wants = tiny.graph(three, segments=False, positions=64, extra="pixel_values").SerializeToString()
    narrow = tiny.graph(two, segments=True, positions=64).SerializeToString()
    no_numbers = tiny.graph(three * np.nan, segments=True, positions=64).SerializeToString()
    for way, changed, message in (
        ("no config", {"config.json": None}, "it has no config.json"),
        ("no tokenizer", {"tokenizer.json": None}, "it has no tokenizer.json"),
        ("no weights", {"model.onnx": None}, "it has no weights"),
        ("pickled", {"model.onnx": None, "pytorch_model.bin": b"x"}, "convert to safetensors"),
        ("two graphs", {"model.onnx": None, "a.onnx": b"x", "b.onnx": b"x"}, "which of a.onnx, b.onnx is meant"),
        ("no graph", {"model.onnx": b"x"}, "cannot be loaded"),
        ("no JSON", {"config.json": b"{"}, "cannot be loaded"),
        ("a list", {"config.json": b"[]"}, "cannot be loaded"),
        ("odd labels", {"config.json": b'{"id2label": {"a": "entailment"}}'}, "cannot be loaded"),
        ("no vocabulary", {"tokenizer.json": b"{}"}, "cannot be loaded"),
        ("cold", {"config.json": good["config.json"].replace(b"{", b'{"temperature": 0, ', 1)}, "temperature is 0"),
        ("an image", {"model.onnx": wants}, "wants pixel_values"),
        ("two of three", {"model.onnx": narrow}, "where 3 finite numbers are wanted"),
        ("no numbers", {"model.onnx": no_numbers}, "where 3 finite numbers are wanted"),
    ):  # fmt: skip
        for name, content in (good | changed).items():
            (folder / name).unlink(missing_ok=True)
            if content is not None:
                (folder / name).write_bytes(content)
        yield way, message
        for name in changed:
            (folder / name).unlink(missing_ok=True)


def test_what_cannot_be_used_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "nli")
    for way, message in broken(folder):
        with pytest.raises(EngineError, match=message) as caught:
            model(folder)
        assert "nli" in str(caught.value), way


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"there is no folder .*nowhere"):
        model(tmp_path / "nowhere")


# a run


def test_a_run_without_its_model_is_unchecked_and_is_made_up_for(tmp_path: Path) -> None:
    folder, path = tmp_path / "nli", tmp_path / "w.duckdb"
    with Newsroom() as room:
        todo = plan(Settings(workers=1, engine=f"hub:{folder}"), [], [room.feed_url("harrow")], path)
        without = run_pass(todo)
        tiny.write(folder)
        report = run_pass(todo)
    assert without.compared == without.contradicts == 0
    assert without.unchecked == {"engine": report.compared}
    assert report.unchecked == {}
    engines = Reader(path).sql("select distinct engine from base.comparisons").rows
    assert [str(engine).startswith("hub:nli@") for (engine,) in engines] == [True]
    assert Warehouse(path).check() == []


# safetensors


def test_safetensors_run_through_transformers(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(tiny.WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=16, id2label=dict(enumerate(("NEUTRAL", "CONTRADICTION", "ENTAILMENT"))),
        label2id={"NEUTRAL": 0, "CONTRADICTION": 1, "ENTAILMENT": 2},
    )  # fmt: skip
    made = transformers.BertForSequenceClassification(config).eval()
    made.save_pretrained(tmp_path)
    tiny.tokenizer().save(str(tmp_path / "tokenizer.json"))
    pair = torch.tensor([[2, 4, 6, 3, 5, 3]]), torch.tensor([[0, 0, 0, 0, 1, 1]])
    with torch.no_grad():
        neutral, contradicts, supports = softmax(*made(pair[0], token_type_ids=pair[1]).logits[0].tolist())
    loaded = model(tmp_path)
    assert near(loaded("same talks", "not"), supports, contradicts, neutral)
    assert loaded("talks " * 100, "not") == loaded("talks " * 100, "not")
    del made.classifier
    made.save_pretrained(tmp_path)
    with pytest.raises(EngineError, match="classifier"):
        model(tmp_path)


# the hub


@contextmanager
def hub(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A hub on this machine that has the folder as tiny/nli: what huggingface_hub asks of the real one."""
    commit, asked = "0123456789abcdef0123456789abcdef01234567", []
    files = {path.name: path.read_bytes() for path in folder.iterdir()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            asked.append(path)
            name = path.rpartition("/")[2]
            if path.startswith("/api/models/tiny/nli/tree/"):
                tree = [{"type": "file", "path": n, "size": len(b), "oid": f"{len(b):040x}"} for n, b in files.items()]
                self.answer(json.dumps(tree).encode())
            elif path.startswith("/api/models/tiny/nli"):
                siblings = [{"rfilename": name} for name in files]
                self.answer(json.dumps({"id": "tiny/nli", "sha": commit, "siblings": siblings}).encode())
            elif path.startswith("/tiny/nli/resolve/") and name in files:
                self.answer(files[name], {"ETag": f'"{len(files[name]):040x}"', "X-Repo-Commit": commit})
            else:
                self.answer(b"{}", {"X-Error-Code": "RepoNotFound"}, status=404)

        do_HEAD = do_GET  # noqa: N815

        def answer(self, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def judge(engine: str, endpoint: str, home: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, since the hub's client reads the environment when it is imported."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "SEEDWATCH_"))}
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", "judge", "--fact", "same talks", "--text", "same same", "--json",
         "--engine", engine],
        env=clean | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "300"},
        cwd=home, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_a_model_is_fetched_once_and_then_taken_from_the_cache(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    folder = tiny.write(tmp_path / "nli")
    (folder / "pytorch_model.bin").write_bytes(b"never asked for")
    with hub(folder) as (endpoint, asked):
        fetched = judge("hub:tiny/nli", endpoint, home)
        assert fetched.returncode == 0, fetched.stderr
        assert any(path.endswith("/model.onnx") for path in asked)
        assert not any(path.endswith(".bin") for path in asked)
        unknown = judge("hub:tiny/other", endpoint, home)
    assert unknown.returncode == 2
    assert "hub:tiny/other: not in the local cache, and the hub cannot be asked: 404" in unknown.stderr
    offline = judge("hub:tiny/nli", endpoint, home)
    assert offline.returncode == 0, offline.stderr
    assert json.loads(offline.stdout) == json.loads(fetched.stdout)
    assert json.loads(offline.stdout)["engine"].startswith("hub:tiny/nli@")
    absent = judge("hub:tiny/absent", endpoint, home)
    assert absent.returncode == 2
    assert "not in the local cache" in absent.stderr
    assert "Traceback" not in absent.stderr
