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

/** A new event is where its maker is, and so is a new account, until they say otherwise: what they said,
 *  or what was brought back to them, stays. It is guessed once. A field that lists zones takes one of
 *  those; another takes any. */
function guessZones(root) {
  for (const field of root.querySelectorAll("[data-guess-zone]")) {
    delete field.dataset.guessZone;
    if (field.value !== field.defaultValue) continue;
    const options = field.list?.options;
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

/** An answer of htmx without the part that was asked for is another page, as where something went wrong
 *  or somebody is signed out: that page is shown, or else the part would be gone without a word. */
function showOtherPage(event) {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (!ctx.select || ctx.swap === "none" || !main || main.fragment.childElementCount > 0) return;
  event.preventDefault();
  const { redirected, url } = ctx.response.raw;
  if (redirected || ctx.request.method === "GET") {
    location.assign(url);
    return;
  }
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  const other = page.getElementById("main");
  // What is no page of ours, but of a proxy, cannot be shown in ours: the browser shows how it is now.
  if (!other) {
    location.reload();
    return;
  }
  document.getElementById("main").replaceWith(other);
  document.title = page.title;
  globalThis.htmx.process(other);
  begin(other);
  const heading = other.querySelector("h1") ?? other;
  heading.tabIndex = -1;
  heading.focus();
}

// A form is sent once: its buttons do nothing until the page is left.

/** The forms that are on their way, with their buttons. */
const sent = new Map();

function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  const buttons = [...form.elements].filter((it) => it.type === "submit" && !it.disabled);
  sent.set(form, buttons);
  // Not before the browser has taken what is sent: the button that was pressed belongs to it.
  setTimeout(() => {
    if (sent.has(form)) buttons.forEach((button) => (button.disabled = true));
  });
}

function sendAgain() {
  for (const button of [...sent.values()].flat()) button.disabled = false;
  sent.clear();
}

// What was typed into the form of an event is kept by organise.js, also while somebody signs in again.

const DRAFT = "owambe-event ";

const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT));

/** What was sent has been taken once another page is shown to who is signed in. It has not where they
 *  have to sign in first, nor where the address of the form says what is wrong. Where the form is shown
 *  again, that is still open. */
function dropTakenDrafts() {
  const isSignedIn = document.querySelector("form[action='/signout/']");
  for (const key of drafts()) {
    const draft = JSON.parse(sessionStorage.getItem(key));
    const isHere = draft.path === location.pathname;
    if (!draft.isSent || (isHere && document.getElementById("event-form"))) continue;
    if (isSignedIn && !isHere) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify({ ...draft, isSent: false }));
  }
}

document.addEventListener("submit", (event) => {
  sendOnce(event);
  // Who signs out leaves nothing behind.
  if (event.target.getAttribute("action") === "/signout/") drafts().forEach((key) => sessionStorage.removeItem(key));
});

// A browser that comes back to a page has kept it as it was.
addEventListener("pageshow", sendAgain);

// Who is asked whether to leave a page, and stays, sends again.
addEventListener("beforeunload", (event) => {
  setTimeout(() => {
    if (event.defaultPrevented) sendAgain();
  });
});

function begin(root) {
  sayLocalTimes(root);
  guessZones(root);
  showButtons(root);
}

document.addEventListener("DOMContentLoaded", () => begin(document));
document.addEventListener("DOMContentLoaded", dropTakenDrafts);
document.addEventListener("htmx:before:swap", showOtherPage);
document.addEventListener("htmx:after:swap", () => begin(document));
