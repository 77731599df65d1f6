"""Draw the pictures of the documentation: python scripts/pictures.py."""

from pathlib import Path

import nodeportkit as npk

ROOT = Path(__file__).resolve().parent.parent
TRANSCRIPT = ROOT / "tests" / "fixtures" / "article" / "nodeport-transcript.txt"


def main() -> None:
    cluster = npk.read(TRANSCRIPT)
    picture = ROOT / "docs" / "chain-broken.png"
    npk.plot_chain(cluster, "myapp-service").figure.savefig(picture, dpi=110)
    print(picture.relative_to(ROOT))


if __name__ == "__main__":
    main()
