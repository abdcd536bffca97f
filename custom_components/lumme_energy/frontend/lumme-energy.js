/**
 * Lumme Energy's dashboard: a strategy that builds itself from the devices that exist.
 *
 * It reads nothing but what every user's browser has already: the entities (by platform, key and
 * device, so that a renamed entity is found too), the devices, and the list of statistics.
 * Home Assistant's own cards do the work. Two cards are ours, because no other can: what another
 * advance payment would lead to, before anything is sent; and the prices that are still to come.
 * No build step, no library: what is here is what runs.
 */

// While it starts, Home Assistant replaces the browser's registry of elements, and the class that
// all elements extend. An element that is defined earlier is one that nobody finds.
await customElements.whenDefined("home-assistant");

const PLATFORM = "lumme_energy";
const ENTITY_TEXTS = `component.${PLATFORM}.entity`;

/** What Home Assistant has no words for: headings, and what the cards of ours say. */
const TEXTS = {
  en: {
    overview: "Overview",
    power: "Power now",
    bills: "Bills",
    due: "Due",
    costs: "Use and cost",
    price: "Electricity price",
    cheapest: "Cheapest from {start}: {price}",
    dearest: "Dearest from {start}: {price}",
    advance: "Advance payment",
    readings: "Meter readings",
    offers: "Fixed price offers",
    choices: "How bills come and are paid",
    perDay: "Consumption per day",
    temperatures: "Temperatures",
    connections: "Connections",
    portals: "Portals",
    meters: "Meters",
    bridges: "Bridges",
    heating: "Heating",
    today: "Today",
    month: "This month",
    day: "Latest day",
    empty:
      "Nothing to show yet. Add your bills, your electricity meter or your cottage in **Settings → Devices & services → Add integration → Lumme Energy**.",
    description: "Bills, live power, advance payments and the cottage: made of what you have.",
    turnDown: "Turn all heating down now?",
    back: "At the settlement you would get back about {amount}.",
    extra: "At the settlement you would pay about {amount} more.",
    even: "At the settlement nearly nothing would be left to pay.",
    unsettled: "What the settlement would be is not known.",
    suggested: "Suggested: {amount}",
    change: "Change to {amount}",
    sure: "Have the advance payment changed from {old} to {new}?",
    yes: "Yes, change it",
    no: "Cancel",
  },
  fi: {
    overview: "Yleiskuva",
    power: "Teho nyt",
    bills: "Laskut",
    due: "Eräpäivä",
    costs: "Kulutus ja kustannukset",
    price: "Sähkön hinta",
    cheapest: "Halvinta alkaen {start}: {price}",
    dearest: "Kalleinta alkaen {start}: {price}",
    advance: "Ennakkomaksu",
    readings: "Mittarilukemat",
    offers: "Kiinteän hinnan tarjoukset",
    choices: "Laskujen toimitus ja maksaminen",
    perDay: "Kulutus päivittäin",
    temperatures: "Lämpötilat",
    connections: "Yhteydet",
    portals: "Palvelut",
    meters: "Mittarit",
    bridges: "Sillat",
    heating: "Lämmitys",
    today: "Tänään",
    month: "Tässä kuussa",
    day: "Viimeisin päivä",
    empty:
      "Vielä ei ole mitään näytettävää. Lisää laskusi, sähkömittarisi tai mökkisi kohdassa **Asetukset → Laitteet & palvelut → Lisää integraatio → Lumme Energy**.",
    description: "Laskut, teho nyt, ennakkomaksut ja mökki: koottu siitä, mitä sinulla on.",
    turnDown: "Lasketaanko kaikki lämmitys nyt?",
    back: "Tasauslaskussa saisit takaisin noin {amount}.",
    extra: "Tasauslaskussa maksaisit noin {amount} lisää.",
    even: "Tasauslaskussa ei jäisi juuri mitään maksettavaa.",
    unsettled: "Tasauslaskun suuruutta ei tiedetä.",
    suggested: "Ehdotus: {amount}",
    change: "Muuta: {amount}",
    sure: "Muutetaanko ennakkomaksu {old} → {new}?",
    yes: "Kyllä, muuta",
    no: "Peruuta",
  },
  sv: {
    overview: "Översikt",
    power: "Effekt nu",
    bills: "Fakturor",
    due: "Förfaller",
    costs: "Förbrukning och kostnad",
    price: "Elpris",
    cheapest: "Billigast från {start}: {price}",
    dearest: "Dyrast från {start}: {price}",
    advance: "Förskottsbetalning",
    readings: "Mätarställningar",
    offers: "Erbjudanden om fast pris",
    choices: "Hur fakturorna kommer och betalas",
    perDay: "Förbrukning per dag",
    temperatures: "Temperaturer",
    connections: "Anslutningar",
    portals: "Portaler",
    meters: "Mätare",
    bridges: "Bryggor",
    heating: "Värme",
    today: "I dag",
    month: "Den här månaden",
    day: "Senaste dagen",
    empty:
      "Det finns inget att visa ännu. Lägg till dina fakturor, din elmätare eller din stuga under **Inställningar → Enheter och tjänster → Lägg till integration → Lumme Energy**.",
    description: "Fakturor, effekt nu, förskottsbetalningar och stugan: av det som du har.",
    turnDown: "Sänka all värme nu?",
    back: "Vid slutavräkningen skulle du få tillbaka cirka {amount}.",
    extra: "Vid slutavräkningen skulle du betala cirka {amount} till.",
    even: "Vid slutavräkningen skulle nästan inget återstå att betala.",
    unsettled: "Vad slutavräkningen skulle bli är inte känt.",
    suggested: "Förslag: {amount}",
    change: "Ändra till {amount}",
    sure: "Ändra förskottsbetalningen från {old} till {new}?",
    yes: "Ja, ändra",
    no: "Avbryt",
  },
  nl: {
    overview: "Overzicht",
    power: "Vermogen nu",
    bills: "Facturen",
    due: "Vervaldag",
    costs: "Verbruik en kosten",
    price: "Elektriciteitsprijs",
    cheapest: "Goedkoopst vanaf {start}: {price}",
    dearest: "Duurst vanaf {start}: {price}",
    advance: "Voorschot",
    readings: "Meterstanden",
    offers: "Aanbod met vaste prijs",
    choices: "Hoe facturen komen en betaald worden",
    perDay: "Verbruik per dag",
    temperatures: "Temperaturen",
    connections: "Verbindingen",
    portals: "Portalen",
    meters: "Meters",
    bridges: "Bridges",
    heating: "Verwarming",
    today: "Vandaag",
    month: "Deze maand",
    day: "Laatste dag",
    empty:
      "Er is nog niets te zien. Voeg uw facturen, uw elektriciteitsmeter of uw buitenverblijf toe via **Instellingen → Apparaten en diensten → Voeg integratie toe → Lumme Energy**.",
    description: "Facturen, vermogen nu, voorschotten en het buitenverblijf: met wat u hebt.",
    turnDown: "Alle verwarming nu lager zetten?",
    back: "Bij de afrekening zou u ongeveer {amount} terugkrijgen.",
    extra: "Bij de afrekening zou u ongeveer {amount} bijbetalen.",
    even: "Bij de afrekening zou er bijna niets meer te betalen zijn.",
    unsettled: "Wat de afrekening zou zijn, is niet bekend.",
    suggested: "Voorstel: {amount}",
    change: "Wijzigen in {amount}",
    sure: "Het voorschot van {old} in {new} laten wijzigen?",
    yes: "Ja, wijzigen",
    no: "Annuleren",
  },
  fr: {
    overview: "Aperçu",
    power: "Puissance actuelle",
    bills: "Factures",
    due: "Échéance",
    costs: "Consommation et coût",
    price: "Prix de l’électricité",
    cheapest: "Le moins cher dès {start} : {price}",
    dearest: "Le plus cher dès {start} : {price}",
    advance: "Acompte",
    readings: "Relevés d’index",
    offers: "Offres à prix fixe",
    choices: "Envoi et paiement des factures",
    perDay: "Consommation par jour",
    temperatures: "Températures",
    connections: "Connexions",
    portals: "Portails",
    meters: "Compteurs",
    bridges: "Passerelles",
    heating: "Chauffage",
    today: "Aujourd’hui",
    month: "Ce mois-ci",
    day: "Dernier jour",
    empty:
      "Rien à afficher pour l’instant. Ajoutez vos factures, votre compteur ou votre chalet dans **Paramètres → Appareils et services → Ajouter une intégration → Lumme Energy**.",
    description: "Factures, puissance actuelle, acomptes et chalet : avec ce que vous avez.",
    turnDown: "Baisser tout le chauffage maintenant ?",
    back: "Au décompte, vous récupéreriez environ {amount}.",
    extra: "Au décompte, vous paieriez environ {amount} de plus.",
    even: "Au décompte, il ne resterait presque rien à payer.",
    unsettled: "Le montant du décompte n’est pas connu.",
    suggested: "Proposition : {amount}",
    change: "Passer à {amount}",
    sure: "Faire passer l’acompte de {old} à {new} ?",
    yes: "Oui, changer",
    no: "Annuler",
  },
  de: {
    overview: "Übersicht",
    power: "Leistung jetzt",
    bills: "Rechnungen",
    due: "Fällig am",
    costs: "Verbrauch und Kosten",
    price: "Strompreis",
    cheapest: "Am günstigsten ab {start}: {price}",
    dearest: "Am teuersten ab {start}: {price}",
    advance: "Abschlag",
    readings: "Zählerstände",
    offers: "Festpreisangebote",
    choices: "Wie Rechnungen kommen und bezahlt werden",
    perDay: "Verbrauch pro Tag",
    temperatures: "Temperaturen",
    connections: "Verbindungen",
    portals: "Portale",
    meters: "Zähler",
    bridges: "Bridges",
    heating: "Heizung",
    today: "Heute",
    month: "Dieser Monat",
    day: "Letzter Tag",
    empty:
      "Noch gibt es nichts zu sehen. Füge deine Rechnungen, deinen Stromzähler oder dein Ferienhaus unter **Einstellungen → Geräte & Dienste → Integration hinzufügen → Lumme Energy** hinzu.",
    description: "Rechnungen, Leistung jetzt, Abschläge und Ferienhaus: aus dem, was du hast.",
    turnDown: "Alle Heizungen jetzt herunterdrehen?",
    back: "Bei der Abrechnung bekämst du etwa {amount} zurück.",
    extra: "Bei der Abrechnung würdest du etwa {amount} nachzahlen.",
    even: "Bei der Abrechnung bliebe fast nichts zu zahlen.",
    unsettled: "Was die Abrechnung ergäbe, ist nicht bekannt.",
    suggested: "Vorschlag: {amount}",
    change: "Auf {amount} ändern",
    sure: "Den Abschlag von {old} auf {new} ändern lassen?",
    yes: "Ja, ändern",
    no: "Abbrechen",
  },
};

const textsOf = (language) => TEXTS[(language ?? "en").split("-")[0]] ?? TEXTS.en;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/* ------------------------------------------------------------------ what there is */

/** One of our devices, and its entities by `domain.translation_key`. */
class Device {
  constructor(id, registered) {
    this.id = id;
    this.name = registered?.name_by_user || registered?.name || id;
    this.givenName = registered?.name;
    this.parent = registered?.via_device_id ?? null;
    this.entities = new Map();
  }

  add(key, entityId) {
    this.entities.set(key, [...(this.entities.get(key) ?? []), entityId]);
  }

  /** The entity that shows something, if there is one. */
  get(key) {
    return this.entities.get(key)?.[0];
  }

  /** All entities of a kind, such as one for each phase. */
  all(key) {
    return this.entities.get(key) ?? [];
  }

  /** All entities whose key begins so, in the order in which they were made. */
  starting(prefix) {
    return [...this.entities].filter(([key]) => key.startsWith(prefix)).flatMap(([, ids]) => ids);
  }
}

/** The address of each device's page: its name, told apart from the others. */
function pathsOf(devices) {
  const paths = new Map();
  for (const device of devices) {
    const plain = device.name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-");
    const name = plain.replace(/^-+|-+$/g, "");
    const isFree = name && ![...paths.values(), "overview", "connections"].includes(name);
    paths.set(device, isFree ? name : `${name || "page"}-${paths.size + 1}`);
  }
  return paths;
}

/** Everything of ours that can be shown, sorted by what it is. */
class Household {
  constructor(hass) {
    const devices = new Map();
    for (const entity of Object.values(hass.entities)) {
      if (entity.platform !== PLATFORM || entity.hidden || !entity.device_id) continue;
      const id = entity.device_id;
      if (!devices.has(id)) devices.set(id, new Device(id, hass.devices[id]));
      const domain = entity.entity_id.split(".")[0];
      devices.get(id).add(`${domain}.${entity.translation_key}`, entity.entity_id);
    }
    this.devices = [...devices.values()];
    const having = (...keys) =>
      this.devices.filter((device) => keys.some((key) => device.get(key)));
    this.accounts = having("sensor.last_updated", "sensor.latest_invoice", "calendar.due_dates");
    this.meters = having("sensor.power_import");
    this.sites = having("select.heating_mode");
    this.bridges = having("binary_sensor.bridge_connection");
    this.paths = pathsOf([...this.accounts, ...this.sites]);
  }

  /** What belongs to an account or a house. */
  within(device) {
    return this.devices.filter((other) => other.parent === device.id);
  }
}

/** The price of an exchange, which some other integration tells; better one with prices to come. */
function priceEntity(config, hass) {
  if (config.price_entity) return config.price_entity;
  const unit = /^(eur|€|sek|kr|c|ct|cent|snt|öre)\/[km]wh$/i;
  const found = Object.values(hass.states).filter(
    (state) =>
      state.entity_id.startsWith("sensor.") &&
      unit.test(state.attributes.unit_of_measurement ?? "") &&
      hass.entities[state.entity_id]?.platform !== PLATFORM &&
      !hass.entities[state.entity_id]?.hidden,
  );
  return (found.find((state) => pricesOf(state).length > 1) ?? found[0])?.entity_id;
}

// How integrations for the exchanges name when a price begins, and the price; site/prices.py knows
// the same names for the heating.
const STARTS = "start start_time startsAt starts_at time from datetime date".split(" ");
const PRICES = "value price total price_per_kwh electricity_price".split(" ");

/** The prices that a price entity tells in whichever attribute: [start in ms, price], in order. */
function pricesOf(state) {
  const first = (row, names) => row?.[names.find((name) => row?.[name] !== undefined)];
  const lists = Object.values(state?.attributes ?? {}).filter(Array.isArray);
  const prices = new Map(
    lists
      .flat()
      .map((row) => [Date.parse(first(row, STARTS)), Number.parseFloat(first(row, PRICES))])
      .filter((slot) => slot.every(Number.isFinite)),
  );
  return [...prices].sort(([early], [late]) => early - late);
}

/** The statistics of consumption by the name of the supply point; none without a recorder. */
async function consumptions(hass) {
  try {
    const found = await hass.callWS({ type: "recorder/list_statistic_ids", statistic_type: "sum" });
    return found.filter(
      ({ statistic_id: id }) => id.startsWith(`${PLATFORM}:`) && id.endsWith("_consumption"),
    );
  } catch {
    return [];
  }
}

/* ------------------------------------------------------------------ cards */

const ENTITY_NAME = { type: "entity" };
const DEVICE_NAME = { type: "device" };
const FULL = { columns: "full" };
const UNTOLD = ["unknown", "unavailable"];

const heading = (text, icon, more) => ({ type: "heading", heading: text, icon, ...more });
const subheading = (text, more) =>
  heading(text, undefined, { heading_style: "subtitle", ...more });

/** A tile of an entity, where it exists. */
const tile = (entity, more) => entity && { type: "tile", entity, name: ENTITY_NAME, ...more };
const wide = (entity, more) => tile(entity, { grid_options: FULL, ...more });

/** A choice, with its options in the same row. */
const chooser = (entity) =>
  wide(entity, { features_position: "inline", features: [{ type: "select-options" }] });

/** What is there only while the entity is, or is not, in a state. */
const whenever = (entity, is, card) =>
  entity && card && { ...card, visibility: [{ condition: "state", entity, ...is }] };
const known = (entity, more) => whenever(entity, { state_not: UNTOLD }, tile(entity, more));
const alarm = (entity) => whenever(entity, { state: "on" }, wide(entity, { color: "red" }));
const positive = (entity, more) =>
  entity && {
    ...tile(entity, more),
    visibility: [{ condition: "numeric_state", entity, above: 0 }],
  };

/** A section of what exists; nothing where nothing does. */
function section(title, cards, more) {
  const there = cards.flat(Infinity).filter(Boolean);
  return there.length ? { type: "grid", cards: [title, ...there], ...more } : undefined;
}

const view = (title, path, icon, sections, more) => {
  const there = sections.flat(Infinity).filter(Boolean);
  return there.length
    ? { type: "sections", title, path, icon, max_columns: 3, sections: there, ...more }
    : undefined;
};

/** A card or badge in the colour of what it says: seen from afar, read from near. */
const coloured = (card, colours) =>
  card
    ? Object.entries(colours).map(([color, state]) => ({
        ...card,
        color,
        visibility: [
          ...(card.visibility ?? []),
          { condition: "state", entity: card.entity, state },
        ],
      }))
    : [];
const badge = (entity, more) =>
  entity && { type: "entity", entity, show_name: true, name: ENTITY_NAME, ...more };
const PAYMENT = {
  green: ["nothing_due", "to_be_collected"],
  orange: "payment_due",
  red: "overdue",
};

/* ------------------------------------------------------------------ sections */

function powerOf(meter, isOnlyOne) {
  const phases = meter.all("sensor.power_import_phase");
  return [
    wide(meter.get("sensor.power_import"), {
      name: isOnlyOne ? ENTITY_NAME : DEVICE_NAME,
      color: "amber",
      features: [{ type: "trend-graph", hours_to_show: 1 }],
    }),
    phases.map((phase) =>
      tile(phase, { color: "amber", vertical: true, grid_options: { columns: 4, rows: 2 } }),
    ),
    positive(meter.get("sensor.power_export"), { color: "green", grid_options: FULL }),
    known(meter.get("sensor.quarter_hour_projection"), { color: "orange", grid_options: FULL }),
    known(meter.get("sensor.month_peak"), { color: "orange", grid_options: FULL }),
  ];
}

function power(household, texts) {
  const meters = household.meters;
  const isOnlyOne = meters.length === 1;
  return section(
    heading(texts.power, "mdi:flash"),
    meters.map((meter) => powerOf(meter, isOnlyOne)),
  );
}

/** A bill as it lies on a table: how much, is it paid, until when; and the code that pays it. */
function billOf(account, hass, texts, { hasCode }) {
  const code = hasCode && account.get("image.payment_qr");
  const due = account.get("sensor.next_due");
  const toPay = { color: "orange" };
  return [
    tile(account.get("sensor.latest_invoice"), { color: "primary" }),
    coloured(tile(account.get("sensor.payment_status")), PAYMENT),
    whenever(code, { state_not: UNTOLD }, {
      type: "picture-entity",
      entity: code,
      show_name: false,
      show_state: false,
      fit_mode: "contain",
      // A tap would make it a button, which this card tells screen readers wrongly.
      tap_action: { action: "none" },
      hold_action: { action: "more-info" },
      grid_options: { columns: 6, rows: 3 },
    }),
    whenever(due, { state_not: UNTOLD }, tile(account.get("sensor.open_amount"), toPay)),
    known(due, { ...toPay, name: texts.due }),
    positive(account.get("sensor.overdue_amount"), {
      name: hass.localize(`${ENTITY_TEXTS}.sensor.payment_status.state.overdue`),
      color: "red",
      // Beside the code there is room for a third; without one it gets a row.
      grid_options: hasCode ? undefined : FULL,
    }),
    known(account.get("sensor.collection_date"), { color: "green", grid_options: FULL }),
    hasCode && known(account.get("sensor.payment_reference"), { grid_options: FULL }),
  ];
}

/** The bills; the code that pays one is on the account's own page where there are several. */
function bills(household, hass, texts) {
  const accounts = household.accounts;
  const isOnlyOne = accounts.length === 1;
  return section(
    heading(texts.bills, "mdi:receipt-text"),
    accounts.map((account) => [
      !isOnlyOne &&
        subheading(account.name, {
          tap_action: { action: "navigate", navigation_path: household.paths.get(account) },
        }),
      billOf(account, hass, texts, { hasCode: isOnlyOne }),
    ]),
  );
}

/** What a supply point costs, or at least what it uses, today and this month. */
function costOf(point, texts) {
  const today = { name: texts.today, color: "teal" };
  const month = { name: texts.month, color: "teal" };
  return [
    tile(point.get("sensor.cost_today"), today) ??
      tile(point.get("sensor.day_consumption"), { name: texts.day }),
    tile(point.get("sensor.cost_month"), month) ??
      tile(point.get("sensor.month_consumption"), { name: texts.month }),
  ].filter(Boolean);
}

function costs(household, texts) {
  const points = household.accounts.flatMap((account) => household.within(account));
  return section(
    heading(texts.costs, "mdi:cash-multiple"),
    points.map((point) => {
      const cards = costOf(point, texts);
      return points.length > 1 && cards.length ? [subheading(point.name), ...cards] : cards;
    }),
  );
}

function dueDates(household, hass) {
  const calendars = household.accounts.map((account) => account.get("calendar.due_dates"));
  const entities = calendars.filter(Boolean);
  const title = hass.localize(`${ENTITY_TEXTS}.calendar.due_dates.name`);
  return section(heading(title || "", "mdi:calendar"), [
    entities.length && { type: "calendar", entities, grid_options: { columns: 12, rows: 10 } },
  ]);
}

/** The prices to come where they are told, else those of the last day. */
function price(entity, hass, texts) {
  const isTold = entity && pricesOf(hass.states[entity]).length > 1;
  const graph = { type: "history-graph", entities: [{ entity }], hours_to_show: 24 };
  const curve = { type: "custom:lumme-energy-prices", entity };
  return section(heading(texts.price, "mdi:chart-line"), [
    wide(entity, { color: "teal", icon: "mdi:cash-clock" }),
    entity && { ...(isTold ? curve : graph), grid_options: FULL },
  ]);
}

/** The house's mode, and the answer to the question on the way home. */
function houseOf(site, texts) {
  const button = site.get("button.turn_down");
  return [
    chooser(site.get("select.heating_mode")),
    wide(site.get("binary_sensor.left_high"), { color: "red" }),
    wide(button, {
      color: "red",
      hide_state: true,
      icon_tap_action: { action: "none" },
      tap_action: {
        action: "perform-action",
        perform_action: "button.press",
        target: { entity_id: button },
        confirmation: { text: texts.turnDown },
      },
    }),
  ];
}

function cottage(household, site, texts) {
  const zones = household.within(site).map((zone) => zone.get("climate.zone"));
  return section(heading(site.name, "mdi:home-thermometer"), [
    houseOf(site, texts),
    zones
      .filter(Boolean)
      .map((zone) =>
        tile(zone, { name: DEVICE_NAME, state_content: ["current_temperature", "hvac_action"] }),
      ),
  ]);
}

/* ------------------------------------------------------------------ views */

function overview(household, entity, hass, texts) {
  const several = household.accounts.length > 1 ? { name: DEVICE_NAME } : {};
  const houses = household.sites.length > 1 ? { name: [DEVICE_NAME, ENTITY_NAME] } : {};
  const badges = [
    household.accounts.map((account) =>
      coloured(badge(account.get("sensor.payment_status"), several), PAYMENT),
    ),
    household.sites.map((site) => [
      coloured(badge(site.get("binary_sensor.left_high"), houses), { red: "on", green: "off" }),
      coloured(badge(site.get("binary_sensor.site_problem"), houses), { red: "on" }),
    ]),
    household.devices.map((device) => [
      coloured(badge(device.get("binary_sensor.reading_problem"), { show_state: false }), {
        orange: "on",
      }),
      coloured(badge(device.get("binary_sensor.portal_connection")), { orange: "off" }),
    ]),
  ];
  return view(
    texts.overview,
    "overview",
    "mdi:flower",
    [
      power(household, texts),
      bills(household, hass, texts),
      household.sites.map((site) => cottage(household, site, texts)),
      costs(household, texts),
      price(entity, hass, texts),
      dueDates(household, hass),
    ],
    { badges: badges.flat(Infinity) },
  );
}

/** What was agreed and what was used at one supply point. */
function contractOf(point, statistics, hass, texts) {
  const statistic = statistics.find(({ name }) => name?.startsWith(`${point.givenName}: `));
  const tariff = (each) => ({
    name: hass.localize(`${ENTITY_TEXTS}.sensor.tariff.state.${each}`),
  });
  return section(heading(point.name, "mdi:home-lightning-bolt"), [
    wide(point.get("sensor.product")),
    tile(point.get("sensor.energy_price")),
    tile(point.get("sensor.energy_price_day"), tariff("day")),
    tile(point.get("sensor.energy_price_night"), tariff("night")),
    known(point.get("sensor.contract_end"), { grid_options: FULL }),
    tile(point.get("sensor.cost_today"), { name: texts.today, color: "teal" }),
    tile(point.get("sensor.cost_month"), { name: texts.month, color: "teal" }),
    tile(point.get("sensor.day_consumption"), { name: texts.day }),
    tile(point.get("sensor.month_consumption"), { name: texts.month }),
    coloured(wide(point.get("sensor.bill_check")), {
      green: "matches",
      red: "differs",
      disabled: "not_comparable",
    }),
    statistic && {
      type: "statistics-graph",
      title: texts.perDay,
      entities: [{ entity: statistic.statistic_id, name: point.name }],
      stat_types: ["change"],
      period: "day",
      days_to_show: 30,
      chart_type: "bar",
      hide_legend: true,
      grid_options: FULL,
    },
  ]);
}

/** The advance payments, what they lead to, and when they are asked for next. */
function advances(points, texts) {
  return section(
    heading(texts.advance, "mdi:cash-sync"),
    points.map((point) => {
      const deposit = point.get("number.deposit");
      const settlement = point.get("sensor.expected_settlement");
      return [
        deposit
          ? {
              type: "custom:lumme-energy-deposit",
              entity: deposit,
              name: point.name,
              settlement,
              suggested: point.get("sensor.suggested_deposit"),
              grid_options: FULL,
            }
          : wide(point.get("sensor.deposit"), { name: DEVICE_NAME }),
        known(settlement, { color: "teal", grid_options: FULL }),
        known(point.get("sensor.next_deposit"), { grid_options: FULL }),
      ];
    }),
  );
}

/** What the supplier knows of the meters, and what is on its way. */
function readings(points, texts) {
  return section(
    heading(texts.readings, "mdi:counter"),
    points.map((point) => {
      const told = point.starting("sensor.supplier_reading_");
      const cards = [
        told.map((reading) => wide(reading, { state_content: ["state", "source"] })),
        wide(point.get("sensor.reading_submission"), { color: "green" }),
        alarm(point.get("binary_sensor.reading_problem")),
        wide(point.get("sensor.next_reading")),
        wide(point.get("button.submit_reading"), {
          hide_state: true,
          icon_tap_action: { action: "none" },
        }),
      ].flat();
      const hasAny = cards.some(Boolean);
      return points.length > 1 && hasAny ? [subheading(point.name), ...cards] : cards;
    }),
  );
}

function accountView(household, account, statistics, hass, texts) {
  const points = household.within(account);
  const media = { action: "navigate", navigation_path: "/media-browser/browser" };
  return view(account.name, household.paths.get(account), undefined, [
    section(heading(texts.bills, "mdi:receipt-text"), [
      billOf(account, hass, texts, { hasCode: true }),
      known(account.get("sensor.latest_payment"), { color: "green", grid_options: FULL }),
      positive(account.get("sensor.reminder_fees"), { color: "red", grid_options: FULL }),
      positive(account.get("sensor.documents_to_archive"), {
        tap_action: media,
        grid_options: FULL,
      }),
    ]),
    points.map((point) => contractOf(point, statistics, hass, texts)),
    advances(points, texts),
    readings(points, texts),
    section(heading(texts.offers, "mdi:tag-heart"), [
      known(account.get("sensor.price_fix_next"), { grid_options: FULL }),
      known(account.get("sensor.price_fix_change"), { grid_options: FULL }),
      known(account.get("sensor.price_fix_cheapest"), { color: "green", grid_options: FULL }),
      wide(account.get("binary_sensor.price_fix_below_target"), { color: "green" }),
    ]),
    section(heading(texts.choices, "mdi:email-outline"), [
      chooser(account.get("select.delivery")),
      chooser(account.get("select.direct_debit")),
    ]),
  ]);
}

/** A room: how warm it is and shall be, and why; once it is left, whether it is turned down. */
function roomOf(zone, mode) {
  const isLeft = { condition: "state", entity: mode, state_not: "home" };
  return section(heading(zone.name, "mdi:radiator"), [
    wide(zone.get("climate.zone"), {
      name: DEVICE_NAME,
      state_content: ["current_temperature", "hvac_action"],
      features: [{ type: "target-temperature" }, { type: "climate-preset-modes", style: "icons" }],
    }),
    wide(zone.get("sensor.why")),
    coloured(wide(zone.get("sensor.turned_down"), { visibility: [isLeft] }), {
      green: ["proven", "read_back"],
      orange: ["not_yet", "unknown"],
    }),
  ]);
}

function siteView(household, site, texts) {
  const zones = household.within(site).filter((zone) => zone.get("climate.zone"));
  const outdoor = site.get("sensor.outdoor");
  const arrival = ["preheat_start", "warm_at", "expected_temperature", "arrival_energy"];
  return view(site.name, household.paths.get(site), undefined, [
    section(heading(site.name, "mdi:home-thermometer"), [
      houseOf(site, texts),
      wide(site.get("datetime.arrival")),
      known(site.get("binary_sensor.arrival_reachable"), { color: "green", grid_options: FULL }),
      [...arrival, "arrival_cost"].map((key) => known(site.get(`sensor.${key}`))),
      wide(outdoor),
      alarm(site.get("binary_sensor.site_problem")),
    ]),
    section(
      heading(texts.temperatures, "mdi:thermometer"),
      [
        zones.length && {
          type: "history-graph",
          hours_to_show: 24,
          entities: [
            ...zones.map((zone) => ({ entity: zone.get("climate.zone"), name: zone.name })),
            ...(outdoor ? [{ entity: outdoor, name: ENTITY_NAME }] : []),
          ],
          grid_options: FULL,
        },
      ],
      { column_span: 2 },
    ),
    zones.map((zone) => roomOf(zone, site.get("select.heating_mode"))),
  ]);
}

/** Whether what tells us anything is there and well, and when it was heard last. */
function connectionsView(household, texts) {
  const named = { name: DEVICE_NAME, grid_options: FULL };
  const counted = ["telegrams", "checksum_errors", "framing_errors", "failed_requests"];
  const isWell = (device, key) => tile(device.get(`binary_sensor.${key}`), named);
  return view(texts.connections, "connections", "mdi:connection", [
    section(
      heading(texts.portals, "mdi:web"),
      household.accounts.map((account) => [
        tile(account.get("binary_sensor.portal_connection"), { ...named, color: "green" }),
        whenever(
          account.get("binary_sensor.portal_connection"),
          { state_not: "on" },
          wide(account.get("sensor.last_updated")),
        ),
      ]),
    ),
    section(
      heading(texts.meters, "mdi:meter-electric"),
      household.meters.map((meter) => [
        tile(meter.get("sensor.power_import"), {
          ...named,
          color: "green",
          icon: "mdi:meter-electric",
          state_content: ["state", "last_updated"],
        }),
        counted.map((key) => tile(meter.get(`sensor.${key}`))),
      ]),
    ),
    section(
      heading(texts.heating, "mdi:radiator"),
      household.sites.map((site) => [
        isWell(site, "site_problem"),
        household.within(site).map((zone) => isWell(zone, "zone_problem")),
      ]),
    ),
    section(
      heading(texts.bridges, "mdi:router-wireless"),
      household.bridges.map((bridge) => {
        const [update] = bridge.starting("update.");
        return [
          tile(bridge.get("binary_sensor.bridge_connection"), { ...named, color: "green" }),
          wide(bridge.get("sensor.frost_guard")),
          alarm(bridge.get("binary_sensor.frost_guard_active")),
          whenever(update, { state: "on" }, wide(update)),
        ];
      }),
    ),
  ]);
}

/* ------------------------------------------------------------------ the strategy */

class LummeEnergyStrategy extends HTMLElement {
  /** The registries; states change each second, and cards follow them by themselves. */
  static registryDependencies = ["entities", "devices"];

  static async generate(config, hass) {
    const texts = textsOf(hass.language);
    const household = new Household(hass);
    const statistics = household.accounts.length ? await consumptions(hass) : [];
    const entity = priceEntity(config, hass);
    const views = household.devices.length
      ? [
          overview(household, entity, hass, texts),
          ...household.accounts.map((each) =>
            accountView(household, each, statistics, hass, texts),
          ),
          ...household.sites.map((each) => siteView(household, each, texts)),
          connectionsView(household, texts),
        ].filter(Boolean)
      : [];
    return {
      views: views.length
        ? views
        : [{ title: texts.overview, cards: [{ type: "markdown", content: texts.empty }] }],
    };
  }

  static getCreateSuggestions() {
    return { title: "Lumme Energy", icon: "mdi:flower" };
  }
}

/* ------------------------------------------------------------------ the cards of ours */

const TEMPLATE = document.createElement("template");
TEMPLATE.innerHTML = `
<style>
  ha-card { padding: 16px; }
  .top { display: flex; align-items: baseline; justify-content: space-between; gap: 8px; }
  .name { color: var(--primary-text-color); font-weight: var(--ha-font-weight-medium, 500); }
  .amount { color: var(--primary-text-color); font-size: var(--ha-font-size-2xl, 24px); }
  /* Browsers draw the track for the scheme of the system; the theme's may be another. */
  input { appearance: none; box-sizing: border-box; width: 100%; height: 32px; margin: 8px 0 0;
    background: none; border-radius: 16px; cursor: pointer; --at: 0%; }
  input::-webkit-slider-runnable-track { height: 6px; border-radius: 3px;
    background: linear-gradient(to right, var(--primary-color) var(--at), var(--divider-color) 0); }
  input::-moz-range-track { height: 6px; border-radius: 3px; background: var(--divider-color); }
  input::-moz-range-progress { height: 6px; border-radius: 3px; background: var(--primary-color); }
  input:dir(rtl)::-webkit-slider-runnable-track { background:
    linear-gradient(to left, var(--primary-color) var(--at), var(--divider-color) 0); }
  input::-webkit-slider-thumb { appearance: none; width: 22px; height: 22px; margin-top: -8px;
    border-radius: 50%; background: var(--primary-color); }
  input::-moz-range-thumb { width: 22px; height: 22px; border: 0; border-radius: 50%;
    background: var(--primary-color); }
  .ends { display: flex; justify-content: space-between; color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px); }
  p { margin: 12px 0 0; color: var(--primary-text-color); line-height: 1.4; }
  .refusal { color: var(--secondary-text-color); }
  .actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px; }
  button { font: inherit; min-height: 40px; padding: 0 16px; border-radius: 20px; cursor: pointer;
    border: 1px solid var(--divider-color); background: none; color: var(--primary-text-color); }
  /* The primary colour of many themes is too light for a text on it. */
  button.first { border-color: transparent; background: var(--primary-text-color);
    color: var(--card-background-color); }
  button:disabled { opacity: 0.5; cursor: default; }
  button:focus-visible, input:focus-visible { outline: 2px solid var(--primary-color);
    outline-offset: 2px; }
  [hidden] { display: none; }
</style>
<ha-card>
  <div class="top">
    <label class="name" for="amount"></label>
    <span class="amount" aria-hidden="true"></span>
  </div>
  <input id="amount" type="range" step="1" aria-describedby="outcome" />
  <div class="ends" aria-hidden="true"><span class="least"></span><span class="most"></span></div>
  <p id="outcome" role="status"></p>
  <p class="refusal"></p>
  <div class="actions offers">
    <button class="suggested" type="button"></button>
    <button class="change first" type="button"></button>
  </div>
  <div class="sure" hidden>
    <p class="question" id="question"></p>
    <div class="actions" role="group" aria-labelledby="question">
      <button class="yes first" type="button"></button>
      <button class="no" type="button"></button>
    </div>
  </div>
</ha-card>`;

const PAUSE = 200; // ms after the last movement until the preview is asked for

/** An advance payment to move and look at; it is sent when somebody says so twice. */
class LummeEnergyDeposit extends HTMLElement {
  #config;
  #hass;
  #shown; // the state of the advance payment
  #drawn; // the states of all that is drawn
  #wish = null; // another amount than the present one, while somebody thinks about it
  #answer; // what the integration says to the amount
  #asked = 0;
  #timer;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.append(TEMPLATE.content.cloneNode(true));
    this.#on("input", "input", ({ target }) => this.#look(Number(target.value)));
    this.#on(".suggested", "click", () => this.#look(this.#number(this.#config.suggested)));
    this.#on(".change", "click", () => this.#askBack(true));
    this.#on(".no", "click", () => this.#askBack(false));
    this.#on(".yes", "click", () => this.#send());
  }

  setConfig(config) {
    if (!config.entity) throw new Error("entity is missing");
    this.#config = config;
  }

  set hass(hass) {
    this.#hass = hass;
    const { entity, settlement, suggested } = this.#config;
    const states = [entity, settlement, suggested].map((each) => hass.states[each]);
    if (this.#drawn?.every((state, index) => state === states[index])) return;
    const [state] = states;
    const hasMoved = state?.state !== this.#shown?.state;
    this.#drawn = states;
    this.#shown = state;
    if (hasMoved) this.#look(null);
    else this.#draw();
  }

  getCardSize() {
    return 4;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #find(selector) {
    return this.shadowRoot.querySelector(selector);
  }

  #on(selector, event, listener) {
    this.#find(selector).addEventListener(event, listener);
  }

  get #present() {
    return Number(this.#shown?.state);
  }

  /** What an entity counts; null while it is not known. */
  #number(entity) {
    const number = Number.parseFloat(this.#hass.states[entity]?.state);
    return Number.isFinite(number) ? number : null;
  }

  #money(amount, digits = 2) {
    return new Intl.NumberFormat(this.#hass.language, {
      style: "currency",
      currency: this.#shown.attributes.unit_of_measurement,
      minimumFractionDigits: Number.isInteger(amount) ? 0 : digits,
      maximumFractionDigits: digits,
    }).format(amount);
  }

  /** Show an amount, the present one for null, and ask what it would lead to. */
  #look(amount) {
    this.#wish = amount === this.#present ? null : amount;
    this.#askBack(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), this.#answer ? PAUSE : 0);
  }

  async #ask() {
    const mine = ++this.#asked;
    const { device_id: device } = this.#hass.entities[this.#config.entity] ?? {};
    let answer;
    try {
      const { response } = await this.#hass.callWS({
        type: "call_service",
        domain: PLATFORM,
        service: "simulate_deposit",
        service_data: {
          config_entry_id: this.#hass.devices[device]?.config_entries[0],
          supply_point: device,
          ...(this.#wish === null ? {} : { amount: this.#wish }),
        },
        return_response: true,
      });
      answer = response;
    } catch (error) {
      answer = { possible: false, message: error.message };
    }
    if (mine !== this.#asked) return; // somebody has moved it since
    this.#answer = answer;
    this.#draw();
  }

  #askBack(isAsking) {
    const hadFocus = this.shadowRoot.activeElement?.matches(".change, .yes, .no");
    this.#find(".sure").hidden = !isAsking;
    this.#draw();
    if (hadFocus) this.#find(isAsking ? ".no" : ".change").focus();
  }

  async #send() {
    const value = this.#wish;
    this.#askBack(false);
    const { entity } = this.#config;
    try {
      await this.#hass.callService("number", "set_value", { entity_id: entity, value });
    } catch {
      // Home Assistant has told the user.
    }
    await this.#ask();
  }

  /** What would be left to pay: from our own forecast if there is one, else from the portal's. */
  #settlement() {
    const forecast = this.#number(this.#config.settlement);
    const { deposits_to_come: times, expected_settlement: told } = this.#answer;
    if (forecast === null || times === null) return told;
    return forecast - ((this.#wish ?? this.#present) - this.#present) * times;
  }

  #outcome(texts) {
    if (!this.#answer || this.#answer.deposits_to_come === undefined) return "";
    const amount = this.#settlement();
    if (amount === null) return texts.unsettled;
    if (Math.abs(amount) < 1) return texts.even;
    const text = amount < 0 ? texts.back : texts.extra;
    return fill(text, { amount: this.#money(Math.round(Math.abs(amount)), 0) });
  }

  #draw() {
    const isThere = this.#shown && !UNTOLD.includes(this.#shown.state);
    this.hidden = !isThere;
    if (!isThere) return;
    const texts = textsOf(this.#hass.language);
    const { min, max } = this.#shown.attributes;
    const amount = this.#wish ?? this.#present;
    const write = (selector, text) => {
      const element = this.#find(selector);
      if (element.textContent !== text) element.textContent = text;
    };
    write(".name", this.#config.name ?? texts.advance);
    write(".amount", this.#money(amount));
    const slider = this.#find("input");
    slider.min = Math.ceil(min);
    slider.max = Math.floor(max);
    slider.value = amount;
    slider.style.setProperty("--at", `${(100 * (amount - min)) / (max - min)}%`);
    slider.setAttribute("aria-valuetext", this.#money(amount));
    write(".least", this.#money(Math.ceil(min), 0));
    write(".most", this.#money(Math.floor(max), 0));
    write("#outcome", this.#outcome(texts));
    const message = this.#answer?.possible === false ? (this.#answer.message ?? "") : "";
    write(".refusal", message);
    this.#find(".refusal").hidden = !message;
    const suggestion = this.#number(this.#config.suggested);
    const suggested = this.#find(".suggested");
    suggested.hidden = suggestion === null || suggestion === amount;
    if (suggestion !== null) {
      write(".suggested", fill(texts.suggested, { amount: this.#money(suggestion) }));
    }
    const change = this.#find(".change");
    change.hidden = this.#wish === null;
    change.disabled = !this.#answer?.possible;
    write(".change", fill(texts.change, { amount: this.#money(amount) }));
    const isAsking = !this.#find(".sure").hidden;
    this.#find(".offers").hidden = isAsking || (suggested.hidden && change.hidden);
    const from = { old: this.#money(this.#present), new: this.#money(amount) };
    write(".question", fill(texts.sure, from));
    write(".yes", texts.yes);
    write(".no", texts.no);
  }
}

const CURVE = document.createElement("template");
CURVE.innerHTML = `
<style>
  ha-card { padding: 16px; color: var(--primary-text-color); }
  svg { display: block; width: 100%; height: 96px; direction: ltr; }
  rect { fill: var(--state-inactive-color, var(--divider-color)); }
  rect.to-come { fill: var(--teal-color, var(--primary-color)); }
  rect.now { fill: var(--accent-color); }
  .ends { display: flex; justify-content: space-between; margin-top: 4px; direction: ltr;
    color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); }
  p { margin: 8px 0 0; }
</style>
<ha-card>
  <svg role="img" preserveAspectRatio="none"></svg>
  <div class="ends" aria-hidden="true"><span class="first"></span><span class="last"></span></div>
  <p class="cheapest"></p>
  <p class="dearest"></p>
</ha-card>`;

/** The prices that are known, and when to use electricity; other cards show only the past. */
class LummeEnergyPrices extends HTMLElement {
  #entity;
  #hass;
  #drawn; // the state and the slot that were drawn last

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).append(CURVE.content.cloneNode(true));
  }

  setConfig(config) {
    if (!config.entity) throw new Error("entity is missing");
    this.#entity = config.entity;
  }

  set hass(hass) {
    this.#hass = hass;
    const state = hass.states[this.#entity];
    const prices = pricesOf(state);
    const now = prices.findLastIndex(([start]) => start <= Date.now());
    if (this.#drawn?.state === state && this.#drawn.now === now) return;
    this.#drawn = { state, now };
    this.hidden = !prices.length;
    if (prices.length) this.#draw(prices, now, state.attributes.unit_of_measurement ?? "");
  }

  getCardSize() {
    return 3;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  #time(start) {
    return new Intl.DateTimeFormat(this.#hass.language, {
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: this.#hass.config.time_zone,
    }).format(start);
  }

  #draw(prices, now, unit) {
    const texts = textsOf(this.#hass.language);
    const find = (selector) => this.shadowRoot.querySelector(selector);
    const amounts = prices.map(([, amount]) => amount);
    const least = Math.min(0, ...amounts);
    const most = Math.max(0, ...amounts, least + Number.EPSILON);
    const svg = find("svg");
    svg.setAttribute("viewBox", `0 0 ${prices.length} ${most - least}`);
    svg.innerHTML = amounts
      .map((amount, index) => {
        const when = index === now ? "now" : index > now ? "to-come" : "past";
        const top = most - Math.max(amount, 0);
        const height = Math.abs(amount);
        return `<rect class="${when}" x="${index + 0.1}" y="${top}" width="0.8" height="${height}"/>`;
      })
      .join("");
    const format = new Intl.NumberFormat(this.#hass.language, { maximumSignificantDigits: 3 });
    const say = (text, slot) =>
      fill(text, { start: this.#time(slot[0]), price: `${format.format(slot[1])} ${unit}` });
    const left = prices.slice(Math.max(now, 0)).sort(([, one], [, other]) => one - other);
    find(".first").textContent = this.#time(prices[0][0]);
    find(".last").textContent = this.#time(prices.at(-1)[0]);
    find(".cheapest").textContent = say(texts.cheapest, left[0]);
    find(".dearest").textContent = say(texts.dearest, left.at(-1));
    svg.setAttribute("aria-label", texts.price);
  }
}

/* ------------------------------------------------------------------ what Home Assistant finds */

customElements.define("ll-strategy-dashboard-lumme-energy", LummeEnergyStrategy);
customElements.define("lumme-energy-deposit", LummeEnergyDeposit);
customElements.define("lumme-energy-prices", LummeEnergyPrices);

window.customStrategies ??= [];
window.customStrategies.push({
  type: "lumme-energy",
  strategyType: "dashboard",
  name: "Lumme Energy",
  description: textsOf(document.documentElement.lang || navigator.language).description,
  documentationURL: "https://github.com/lumme-energy/lumme-energy/blob/main/docs/dashboard.md",
});
