"""Brings what can be said in a language from the translations."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..account.readings.words import REGISTER_TEXT
from ..const import DOMAIN
from .languages import language as words_of, spoken
from .speech import Speech, locale_of

ANY: Final = "*"  # a client of the MCP server speaks no language of its own


async def async_speech(hass: HomeAssistant, language: str | None) -> Speech:
    """Return a speaker of the language that was asked in, else of Home Assistant's."""
    code = spoken(hass.config.language if language in {None, ANY} else language)
    await hass.async_add_executor_job(_read, code)

    async def texts(category: str, key: str, suffix: str = "") -> dict[str, str]:
        found = await async_get_translations(hass, code, category, {DOMAIN})
        prefix = key.removesuffix("{}")
        return {
            name.removeprefix(prefix).removesuffix(suffix): text
            for name, text in found.items()
            if name.startswith(prefix)
        }

    return Speech(
        language=code,
        texts=await texts("common", f"component.{DOMAIN}.common."),
        reasons=await texts("exceptions", f"component.{DOMAIN}.exceptions.", ".message"),
        registers=await texts("config_subentries", REGISTER_TEXT),
        now=dt_util.now(),
    )


def _read(code: str) -> None:
    """Read from disk what a language needs, so that nothing waits for that later."""
    words_of(code)
    locale_of(code)


def told(speech: Speech, error: HomeAssistantError) -> str:
    """Return what an error says, in the language that was asked in."""
    if error.translation_domain == DOMAIN and error.translation_key is not None:
        return speech.reason(error.translation_key, error.translation_placeholders)
    return speech.say("failed", reason=str(error))
