"""The images that Home Assistant shows for the integration."""

from pathlib import Path

from PIL import Image
import pytest

BRAND = Path(__file__).parent.parent / "custom_components" / "lumme_energy" / "brand"


@pytest.mark.parametrize(("suffix", "height"), [("", 256), ("@2x", 512)])
@pytest.mark.parametrize("name", ["icon", "logo", "dark_logo"])
def test_sizes(name: str, suffix: str, height: int) -> None:
    """Transparent images of the sizes that Home Assistant's brands prescribe."""
    with Image.open(BRAND / f"{name}{suffix}.png") as image:
        assert image.height == height
        assert image.mode == "RGBA"
        if name == "icon":
            assert image.width == height
