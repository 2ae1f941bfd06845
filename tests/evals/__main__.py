"""``python -m tests.evals [--data DIR]``: the engine on the bundled newsroom, on the written pairs, on public sets."""

from tests.evals import newsroom, pairs

if __name__ == "__main__":
    newsroom.main()
    pairs.main()
