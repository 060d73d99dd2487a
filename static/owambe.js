// What makes the pages quicker for who has scripts. Everything works without.
"use strict";

/** The zone of the reader's clock, such as "Africa/Lagos". */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The language of the page, as the reader's country writes it. */
function language() {
  const { lang } = document.documentElement;
  return navigator.languages.find((it) => it.split("-")[0] === lang.split("-")[0]) ?? lang;
}

/** Each time that is on another clock than the reader's is said on theirs, too:
 *  <time datetime="2026-12-31T19:00:00Z" data-zone="Africa/Lagos">, and an element
 *  <span data-local-of="id of the time" data-text="{time} on your clock" hidden>. */
function sayLocalTimes(root) {
  for (const place of root.querySelectorAll("[data-local-of]")) {
    const time = document.getElementById(place.dataset.localOf);
    if (!time || !zone || time.dataset.zone === zone) continue;
    const at = new Date(time.getAttribute("datetime"));
    const style = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const said = new Intl.DateTimeFormat(language(), style).format(at);
    const there = new Intl.DateTimeFormat(language(), { ...style, timeZone: time.dataset.zone });
    if (said === there.format(at)) continue;
    place.textContent = place.dataset.text.replace("{time}", said);
    place.hidden = false;
  }
}

/** A new event is where its maker is, and so is a new account, until they say otherwise. A field that
 *  lists zones takes one of those; another takes any. */
function guessZones(root) {
  for (const field of root.querySelectorAll("[data-guess-zone]")) {
    const options = field.list?.options ?? field.options;
    if (zone && (!options || [...options].some((it) => it.value === zone))) field.value = zone;
  }
}

/** Buttons that only scripts can do something with. */
function showButtons(root) {
  for (const button of root.querySelectorAll("[data-share], [data-near]")) button.hidden = false;
}

async function share(button) {
  const shared = { title: document.title, url: button.dataset.share };
  if (navigator.share) {
    await navigator.share(shared).catch(() => {});
    return;
  }
  await navigator.clipboard.writeText(shared.url);
  const said = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = said), 3000);
}

/** Fills in where somebody is, and sends the form. To a tenth of a degree: nobody needs more. */
function findNear(button) {
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.form.elements.near.value = `${coords.latitude.toFixed(1)},${coords.longitude.toFixed(1)}`;
      button.form.requestSubmit();
    },
    () => {
      button.disabled = false;
      button.textContent = button.dataset.failed;
    },
  );
}

document.addEventListener("click", (event) => {
  const shares = event.target.closest("[data-share]");
  if (shares) share(shares);
  const near = event.target.closest("[data-near]");
  if (near) findNear(near);
  // A menu closes when something else is clicked.
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function begin(root) {
  sayLocalTimes(root);
  guessZones(root);
  showButtons(root);
}

document.addEventListener("DOMContentLoaded", () => begin(document));
document.addEventListener("htmx:after:swap", () => begin(document));
