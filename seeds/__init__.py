"""What is watched: seeds, their facts and their feeds."""

from pathlib import Path


def bundled_seeds() -> dict[str, Path]:
    """The seeds that come with the package: id -> file."""
    return {path.stem: path for path in sorted(Path(__file__).parent.glob("*.yaml")) if path.stem != "publishers"}
