// What makes the form of an event quicker for who has scripts. Everything works without.
"use strict";

const LARGEST_PICTURE = 10_000_000;

const form = document.getElementById("event-form");
const fields = form.elements;
// Whoever signs in next in the same tab does not see it.
const storageKey = `owambe-event ${form.dataset.who ?? ""} ${location.pathname}${location.search.replace(/[?&]csrf=[^&]*/, "")}`;
const dayLength = 24 * 60 * 60 * 1000;

// The end follows the start.

const toDays = (field) => (field.value ? Date.parse(field.value) / dayLength : NaN);
const toText = (days) => new Date(days * dayLength).toISOString().slice(0, 10);

let startBefore = toDays(fields.start_date);

/** The last day that passMidnight has set, and whether there was none before. */
let ownEnd = null;

function moveEnd() {
  const start = toDays(fields.start_date);
  if (Number.isNaN(start)) return;
  const end = toDays(fields.end_date);
  const copied = Number(form.dataset.days);
  const isOwn = ownEnd?.day === fields.end_date.value;
  if (!Number.isNaN(end) && !Number.isNaN(startBefore)) fields.end_date.value = toText(end + start - startBefore);
  else if (!Number.isNaN(end) && end < start) fields.end_date.value = fields.start_date.value;
  else if (Number.isNaN(end) && Number.isNaN(startBefore) && copied > 0) fields.end_date.value = toText(start + copied);
  if (isOwn) ownEnd.day = fields.end_date.value;
  startBefore = start;
}

/** An end that is earlier than the start, with no other last day, is after midnight. A last day that
 *  comes from here goes again when the end is no longer earlier. */
function passMidnight() {
  const [from, to] = [fields.start_time.value, fields.end_time.value];
  const isPast = from && to && to < from;
  const end = fields.end_date.value;
  const isOneDay = !end || end === fields.start_date.value;
  const start = toDays(fields.start_date);
  if (isPast && isOneDay && !Number.isNaN(start)) {
    fields.end_date.value = toText(start + 1);
    ownEnd = { day: fields.end_date.value, wasBlank: !end };
  } else if (!isPast && ownEnd?.day === end) {
    fields.end_date.value = ownEnd.wasBlank ? "" : fields.start_date.value;
    ownEnd = null;
  }
  if (fields.end_date.value !== end) changed();
}

// How much of the title is used.

function count(place) {
  const field = fields[place.dataset.countOf];
  const used = [...field.value].length;
  place.textContent = place.dataset.text.replace("{used}", used).replace("{most}", field.maxLength);
  place.hidden = used < field.maxLength / 2;
}

function countAll() {
  document.querySelectorAll("[data-count-of]").forEach(count);
}

// The picture.

let shownPicture;

function showPicture() {
  const [file] = fields.image.files;
  const chosen = document.getElementById("chosen");
  if (shownPicture) URL.revokeObjectURL(shownPicture);
  shownPicture = file && URL.createObjectURL(file);
  fields.image.setCustomValidity(file?.size > LARGEST_PICTURE ? fields.image.dataset.tooLarge : "");
  fields.image.reportValidity();
  chosen.hidden = !file;
  if (file) chosen.src = shownPicture;
  else chosen.removeAttribute("src");
}

// Where somebody is.

function findHere(button) {
  button.disabled = true;
  const found = ({ coords }) => {
    fields.latitude.value = coords.latitude.toFixed(5);
    fields.longitude.value = coords.longitude.toFixed(5);
    button.disabled = false;
    changed();
  };
  const failed = () => {
    button.disabled = false;
    button.textContent = button.dataset.failed;
  };
  navigator.geolocation.getCurrentPosition(found, failed);
}

// What was typed is kept until it is sent.

let isChanged = false;
let isLeaving = false;

/** What is typed and chosen, but for pictures, which cannot be kept. */
function typed() {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "do");
}

/** What was sent is kept, too, until owambe.js sees that it has been taken. */
function keep(isSent) {
  sessionStorage.setItem(storageKey, JSON.stringify({ isSent, path: location.pathname, typed: typed() }));
}

function changed() {
  isChanged = true;
  keep(false);
}

function fill(pairs) {
  const held = new Map(pairs);
  // A zone that comes back was seen by who sent it: there is nothing to guess.
  delete fields.timezone.dataset.guessZone;
  for (const field of fields) {
    if (!field.name || ["file", "submit"].includes(field.type)) continue;
    if (field.type === "radio") field.checked = held.get(field.name) === field.value;
    else if (field.type === "checkbox") field.checked = held.has(field.name);
    else if (held.has(field.name)) field.value = held.get(field.name);
  }
  for (const part of form.querySelectorAll("details")) {
    const isFilled = [...part.querySelectorAll("input[type=text], input[type=datetime-local]")].some((it) => it.value);
    part.open ||= isFilled;
  }
}

/** What was sent and not taken comes back, too, as where somebody had to sign in again first. */
function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? "null");
  if (!kept || !("fresh" in form.dataset)) return;
  if (JSON.stringify(kept.typed) === JSON.stringify(typed())) return;
  fill(kept.typed);
  changed();
  const note = document.getElementById("kept-note");
  note.querySelector("p").textContent = note.dataset.kept;
  note.hidden = false;
}

function startAfresh() {
  sessionStorage.removeItem(storageKey);
  isLeaving = true;
  location.assign(location.href);
}

// A preview that keeps the picture: the form stays, and only what would become of it is fetched.

async function preview(button) {
  const sent = new FormData(form);
  sent.delete("image");
  sent.set("do", "preview");
  button.disabled = true;
  const reply = await fetch(form.action, { method: "POST", body: sent }).catch(() => null);
  button.disabled = false;
  if (!reply?.ok || reply.redirected) return false;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const place = document.getElementById("preview");
  place.replaceChildren(...page.getElementById("preview").children);
  const cover = place.querySelector(".cover");
  if (shownPicture && cover) {
    const picture = Object.assign(new Image(), { src: shownPicture, alt: "", className: "cover" });
    cover.replaceWith(picture);
  }
  place.focus();
  place.scrollIntoView();
  return true;
}

form.addEventListener("input", (event) => {
  if (event.target === fields.title) countAll();
  changed();
});

form.addEventListener("change", (event) => {
  if (event.target === fields.start_date) moveEnd();
  if (event.target === fields.end_date) ownEnd = null;
  if (event.target === fields.image) showPicture();
  changed();
});

// Not on each change: a browser tells of one for each digit that is typed.
form.addEventListener("focusout", (event) => {
  if (event.target === fields.start_time || event.target === fields.end_time) passMidnight();
});

// A field that is not right is seen, also where it was folded away.
form.addEventListener("invalid", (event) => {
  const part = event.target.closest("details");
  if (part) part.open = true;
}, true);

let isAsPage = false;

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  // Who sends it by the keyboard has not left the field.
  passMidnight();
  if (button?.value === "preview" && !isAsPage) {
    event.preventDefault();
    if (await preview(button)) return;
    // Something is wrong with it: the page says what, beside each field.
    isAsPage = true;
    form.requestSubmit(button);
    return;
  }
  isLeaving = true;
  keep(true);
});

addEventListener("beforeunload", (event) => {
  if (isChanged && !isLeaving) event.preventDefault();
});

// Who comes back to a page that the browser has kept goes on where they were.
addEventListener("pageshow", () => {
  isLeaving = false;
  isAsPage = false;
});

document.querySelector("[data-here]").addEventListener("click", (event) => findHere(event.target));
document.getElementById("kept-drop").addEventListener("click", startAfresh);

if (navigator.geolocation) document.querySelector("[data-here]").hidden = false;
bringBack();
startBefore = toDays(fields.start_date);
countAll();
// What a form holds that is shown again was typed by somebody.
isChanged ||= !("fresh" in form.dataset);
