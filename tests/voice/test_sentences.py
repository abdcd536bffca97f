"""Tests of speaking to a running Home Assistant, in all languages."""

from datetime import timedelta
from http import HTTPStatus
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.action import invalid
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.voice.languages import LANGUAGES, language
from custom_components.lumme_energy.voice.questions import SUBJECTS, Wish
from custom_components.lumme_energy.voice.texts import async_speech
from demo.cottage import DemoCottage
from tests.account.common import Demo
from tests.site.common import SITE, set_up

from .common import account, house, say
from .wordings import wordings

ASK = {
    "en": ("turn down the heating at the cottage", "yes please"),
    "fi": ("käännä mökin patterit pienemmälle", "kyllä"),
    "sv": ("sänk värmen i stugan", "ja tack"),
    "nl": ("zet de verwarming in het vakantiehuis lager", "ja graag"),
    "fr": ("baisse le chauffage au chalet", "oui"),
    "de": ("dreh die Heizung im Ferienhaus herunter", "ja bitte"),
}


async def test_every_sentence_of_every_language(
    assist: HomeAssistant,
    meter: MockConfigEntry,
    clock: FrozenDateTimeFactory,
    oma_lumme: Demo,
    cottage: DemoCottage,
) -> None:
    """Whatever is said is answered in the language of whoever says it, and nothing is changed."""
    await account(assist, oma_lumme)
    await house(assist, cottage)
    writes = len(cottage.writes)
    for code in LANGUAGES:
        speech = await async_speech(assist, code)
        for subject in SUBJECTS:
            templates = language(code).phrases[subject.key]
            # To listen for a yes takes Home Assistant a moment: of each wish one sentence will do.
            said = templates[:1] if isinstance(subject, Wish) else templates
            answers = {await say(assist, next(wordings(each, code)), code) for each in said}
            assert len(answers) == 1, answers
            assert "{" not in answers.pop()
        bill = await say(
            assist, next(wordings(language(code).phrases["latest_bill"][0], code)), code
        )
        assert bill.startswith(speech.say("bill", amount=" ", issued=" ").split(" ")[0])
    assert len(cottage.writes) == writes


async def test_finnish_answers(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, oma_lumme: Demo, cottage: DemoCottage
) -> None:
    """What is said sounds like somebody who speaks Finnish."""
    await account(assist, oma_lumme)
    await house(assist, cottage)
    assert await say(assist, "Paljonko viimeisin sähkölasku on?", "fi") == (
        "Viimeisin lasku on 27 euroa ja 94 senttiä, ja se tuli 20. marraskuuta. "
        "Se on vielä maksamatta. Eräpäivä on 4. joulukuuta."
    )
    assert await say(assist, "Mikä sähkösopimus meillä on?", "fi") == (
        "Satamalahdenkuja 12 B 7: Sopimuksen nimi on Lumme Spot. Sen hinta seuraa sähköpörssiä. "
        "Perusmaksu on 4 euroa ja 90 senttiä kuukaudessa. Se on voimassa toistaiseksi. "
        "Kuikkarannantie 140: Sopimuksen nimi on Vuosisähkö 24 kk. Sen hinta on kiinteä. "
        "Kilowattitunti maksaa 8,95 senttiä. Perusmaksu on 3 euroa ja 90 senttiä kuukaudessa. "
        "Se on voimassa 30. huhtikuuta 2027 asti."
    )
    # A place is understood in whatever case it is said.
    named = await say(assist, "Mikä sähkösopimus meillä on Kuikkarannantiellä?", "fi")
    assert named.startswith("Sopimuksen nimi on Vuosisähkö")
    assert await say(assist, "Onko mökillä lämmintä?", "fi") == (
        "Living room 21 astetta ja Bedroom 21 astetta."
    )
    assert await say(assist, "Käänsinkö mökin patterit pienemmälle?", "fi") == (
        "Ei: lämmitys on päällä niin kuin paikalla olijaa varten."
    )


@pytest.mark.parametrize("code", LANGUAGES)
async def test_a_yes_turns_the_cottage_down(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage, code: str
) -> None:
    """The heaters are asked for first, and told only after a yes in the same language."""
    await house(assist, cottage)
    wish, yes = ASK[code]
    question = await say(assist, wish, code, conversation_id="kitchen")
    assert question.startswith("Mökki")
    assert question.endswith("?")
    assert cottage.writes == []
    await say(assist, yes, code, conversation_id="kitchen")
    assert cottage.writes
    # It cannot be said twice.
    writes = len(cottage.writes)
    await say(assist, yes, code, conversation_id="kitchen")
    assert len(cottage.writes) == writes


async def test_only_a_yes_of_the_same_mouth_counts(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage
) -> None:
    """Nobody says yes for somebody else, too late, or after having said something else."""
    await house(assist, cottage)
    speech = await async_speech(assist, "en")
    nothing, cancelled = speech.say("nothing_to_confirm"), speech.say("cancelled")
    wish, yes = ASK["en"]

    await say(assist, wish, device_id="bedroom")
    assert await say(assist, yes, device_id="kitchen") == nothing
    assert await say(assist, yes, conversation_id="other", user_id="somebody") == nothing
    assert await say(assist, "no", device_id="bedroom") == cancelled
    assert await say(assist, yes, device_id="bedroom") == nothing

    await say(assist, wish, conversation_id="kitchen")
    await say(assist, "how warm is it at the cottage", conversation_id="kitchen")
    assert await say(assist, yes, conversation_id="kitchen") == nothing
    assert await say(assist, "no", conversation_id="kitchen") == nothing

    await say(assist, wish, conversation_id="kitchen")
    clock.tick(timedelta(seconds=61))
    async_fire_time_changed(assist)
    await assist.async_block_till_done()
    # By then nobody of us listens for a yes any more.
    assert await say(assist, yes, conversation_id="kitchen") not in {nothing, cancelled}
    assert cottage.writes == []

    # Who is known by nothing but a user account is asked there.
    await say(assist, wish, user_id="somebody")
    assert await say(assist, yes, conversation_id="new", user_id="somebody") != nothing
    assert cottage.writes


async def test_warm_for_friday(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage
) -> None:
    """An arrival is said back with its date, and planned after a yes."""
    entry = await house(assist, cottage)
    await say(assist, ASK["fi"][0], "fi", device_id="phone")
    await say(assist, "joo", "fi", device_id="phone")
    asked = await say(assist, "lämmitä mökki perjantaiksi kuudeksi", "fi", device_id="phone")
    assert "perjantaina 27. marraskuuta kello 18.00" in asked or "Lämmitänkö silti?" in asked
    done = await say(assist, "kyllä", "fi", device_id="phone")
    assert done.startswith("Selvä.")
    assert entry.runtime_data.engine.arrival_at is not None
    down = await say(assist, "onko mökin lämmitys pienellä", "fi", device_id="phone")
    assert "perjantaina 27. marraskuuta kello 18.00" in down
    confused = await say(assist, "lämmitä mökki sitten joskus", "fi", device_id="phone")
    assert confused == (await async_speech(assist, "fi")).say("when_unknown")
    await say(assist, "lämmitä mökki", "fi", device_id="phone")
    await say(assist, "kyllä", "fi", device_id="phone")
    assert entry.runtime_data.data.mode == "home"


async def test_over_http(
    assist: HomeAssistant,
    clock: FrozenDateTimeFactory,
    oma_lumme: Demo,
    hass_client: ClientSessionGenerator,
) -> None:
    """The same is said over the interface that every client has."""
    await account(assist, oma_lumme)
    client = await hass_client()
    response = await client.post(
        "/api/conversation/process",
        json={"text": "Is mijn factuur al betaald?", "language": "nl-BE"},
    )
    assert response.status == HTTPStatus.OK
    answer = await response.json()
    assert answer["response"]["speech"]["plain"]["speech"].startswith("De laatste factuur")


async def test_nobody_listens_without_an_entry(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, oma_lumme: Demo, cottage: DemoCottage
) -> None:
    """What no entry can answer is not heard; with the last one, the others' sentences go."""
    unheard = await say(assist, "how much is my latest bill")
    bills = await account(assist, oma_lumme)
    assert await say(assist, "how much is my latest bill") != unheard
    assert not (await say(assist, ASK["en"][0])).endswith("?")
    house_entry = await house(assist, cottage)
    assert await assist.config_entries.async_unload(bills.entry_id)
    assert await say(assist, "how much is my latest bill") == unheard
    # What waits for a yes goes with the last entry, too.
    await say(assist, ASK["en"][0], device_id="phone")
    assert await assist.config_entries.async_unload(house_entry.entry_id)
    assert await say(assist, "yes", device_id="phone") == unheard


async def test_two_accounts_share_their_sentences(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, oma_lumme: Demo, my_luminus: Demo
) -> None:
    """A second account is named, and the first to go takes no sentence away."""
    first = await account(assist, oma_lumme)
    second = await account(assist, my_luminus)
    assist.config_entries.async_update_entry(second, title="Bakery")
    answer = await say(assist, "how much is my latest bill")
    assert answer.count("The latest bill is") == 2
    assert answer.startswith("Supplier (demo): The latest bill")
    # What is the same of several is said once, of all of them.
    deposits = await say(assist, "how much is my advance payment")
    assert deposits.startswith(
        "Satamalahdenkuja 12 B 7 and Kuikkarannantie 140: There is no advance payment here. "
    )
    assert await assist.config_entries.async_unload(first.entry_id)
    assert (await say(assist, "how much is my latest bill")).startswith("The latest bill is")
    assert await assist.config_entries.async_unload(second.entry_id)


async def test_without_assist(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Nothing is missed where nobody speaks to Home Assistant."""
    assert await async_setup_component(hass, "homeassistant", {})
    await account(hass, oma_lumme)
    assert "conversation" not in hass.config.components


async def test_which_house(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage
) -> None:
    """Of several houses one must be named before anything is asked back."""
    await house(assist, cottage)
    other = MockConfigEntry(domain=DOMAIN, title="Huvila Rantala", data=SITE)
    other.add_to_hass(assist)
    await set_up(assist, other)
    asked = await say(assist, "turn down the heating at the cottage")
    assert asked == "There are several: Mökki and Huvila Rantala. Please say which one you mean."
    one = await say(assist, "turn down the heating at the Rantala cottage")
    assert one == "Huvila Rantala: shall I turn the heating down?"
    both = await say(assist, "how warm is it at the cottage")
    assert both.startswith("Mökki: Living room 21 degrees")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (invalid("heating_arrival_past"), "The arrival is in the past."),
        (HomeAssistantError("no luck"), "That did not work: no luck"),
    ],
)
async def test_what_went_wrong_is_said(
    assist: HomeAssistant,
    clock: FrozenDateTimeFactory,
    cottage: DemoCottage,
    error: HomeAssistantError,
    said: str,
) -> None:
    """A wish that cannot be fulfilled after all is not passed over in silence."""
    entry = await house(assist, cottage)
    await say(assist, "turn down the heating at the cottage", conversation_id="kitchen")
    with patch.object(entry.runtime_data, "async_wish", side_effect=error):
        assert await say(assist, "yes", conversation_id="kitchen") == said
