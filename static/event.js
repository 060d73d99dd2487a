// What makes the page of an event quicker for who has scripts. Everything works without.
"use strict";

/** Where the button that was pressed is gone, the keyboard goes on at what became of it. */
document.addEventListener("htmx:after:swap", () => {
  const isLost = !document.activeElement || document.activeElement === document.body;
  if (isLost) document.getElementById("taking-part-title")?.focus({ preventScroll: true });
});
