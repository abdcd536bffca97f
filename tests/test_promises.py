"""What the README promises is proved by the tests that it names."""

import ast
from pathlib import Path
import re

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PROMISES = [
    (promise, re.findall(r"`([^`]+)`", proof))
    for promise, proof in re.findall(
        r"^\| (.+?) \| (`tests/.+?) \|$", README.partition("## Promises")[2], re.MULTILINE
    )
]
PROOFS = sorted({proof for _, proofs in PROMISES for proof in proofs})


def test_promises() -> None:
    """Every row has a proof, and they are the last thing that the README tells."""
    section, _, rest = README.partition("## Promises")[2].partition("\n## ")
    assert len(PROMISES) == section.count("\n| ") - 1 >= 6
    assert all(proofs for _, proofs in PROMISES)
    assert rest.startswith("Licence")


@pytest.mark.parametrize("proof", PROOFS)
def test_proof(proof: str) -> None:
    """A proof is a test that is there, that asserts something, and that nothing skips."""
    path, _, name = proof.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    (found,) = (
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    )
    marks = [ast.unparse(mark) for mark in found.decorator_list]
    assert not any(word in mark for mark in marks for word in ("skip", "xfail"))
    assert not re.search(r"pytestmark.*(skip|xfail)", (ROOT / path).read_text())
    assert re.search(r"assert |\.check\(", ast.unparse(found))
