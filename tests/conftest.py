"""What all tests share: Home Assistant finds this repository's integration."""

import pytest

# Imported before Home Assistant looks for it; it would find the test kit's own package otherwise.
import custom_components  # noqa: F401


@pytest.fixture(autouse=True)
def _this_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load custom integrations in tests that run one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")
