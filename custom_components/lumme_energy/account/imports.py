"""Takes bills and payments over from files."""

from dataclasses import dataclass, replace
import hashlib
from pathlib import Path
from typing import Final

from ..billing import files
from ..billing.imported import FileContent
from .archive import Record
from .coordinator import AccountCoordinator

KINDS: Final = frozenset({".csv", ".xlsx", ".xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BillFile:
    """A file that was read.

    Attributes:
        name: Without its folder.
        digest: Tells its content from others.
        content: What it says.
    """

    name: str
    digest: str
    content: FileContent


def load(path: Path) -> BillFile:
    """Read a file; it touches the disk and runs in an executor.

    Raises:
        OSError: there is no such file, or it may not be read.
        UnreadableFileError: it holds no bills.
    """
    with path.open("rb") as file:
        # One byte more than may be tells that a file is too large.
        data = file.read(files.MAX_SIZE + 1)
    digest = hashlib.sha256(data).hexdigest()
    return BillFile(name=path.name, digest=digest, content=files.read(data))


async def async_take_over(coordinator: AccountCoordinator, file: BillFile) -> bool:
    """Take over what a file says, the PDFs within it too; a file is taken over once.

    Returns:
        Whether it was new.

    Raises:
        OSError: a PDF cannot be kept; nothing is taken over.
    """
    if file.digest in coordinator.data.imported.files:
        return False
    await coordinator.hass.async_add_executor_job(_keep_documents, coordinator, file)
    await coordinator.async_import(file.content, file.digest)
    return True


def _keep_documents(coordinator: AccountCoordinator, file: BillFile) -> None:
    for bill in file.content.bills:
        if bill.document is not None:
            digest = hashlib.sha256(bill.document).hexdigest()
            invoice = replace(bill.invoice, document_id=f"file-{digest[:16]}")
            coordinator.documents.archive.keep(Record(invoice=invoice), bill.document)
