"""``python -m flows.compare.training``: train, then export with ``--export``."""

import argparse
import logging
import os
import sys
from pathlib import Path


def main() -> None:
    """Read the arguments and run what they ask for."""
    parser = argparse.ArgumentParser(prog="python -m flows.compare.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder, with pairs/ and news/ in it")
    parser.add_argument(
        "--base", type=Path, required=True, help="folder of the base encoder: safetensors and tokenizer"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--start", type=Path, metavar="ONNX", help="go on from weights that shipped, not from the base")
    parser.add_argument("--rate", type=float, default=1.5e-4, help="peak learning rate")
    parser.add_argument("--epochs", type=float, default=2.0, help="passes over the mix; a fraction is allowed")
    parser.add_argument("--batch", type=int, default=32, help="pairs a step")
    parser.add_argument("--teachers", type=int, default=0, help="models to train first; the model learns from them too")
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare the epochs to come")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--resume", action="store_true", help="go on from the state in the work folder")
    parser.add_argument("--export", type=Path, metavar="DIR", help="when trained, write the weights that ship to DIR")
    parser.add_argument("--export-only", action="store_true", help="do not train: export the best checkpoint so far")
    arguments = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(message)s")

    from flows.compare.training.train import Recipe, train  # torch reads the environment when imported

    if not arguments.export_only:
        recipe = Recipe(
            data=arguments.data,
            base=arguments.base,
            work=arguments.work,
            start=arguments.start,
            epochs=arguments.epochs,
            batch=arguments.batch,
            seed=arguments.seed,
            rate=arguments.rate,
            device=arguments.device,
            workers=arguments.workers,
        )
        train(recipe, arguments.teachers, arguments.resume)
    if arguments.export or arguments.export_only:
        from flows.compare.training.export import export

        export(arguments.work / "best", arguments.data, arguments.export or Path(__file__).parents[1] / "weights")


if __name__ == "__main__":
    main()
