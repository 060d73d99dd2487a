// The whole story of a party, on a phone: with scripts, and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, isFine, isAccessible } from "./checks.js";
import { startBrowser, startSite, watched } from "./site.js";

const PASSWORD = "jollof rice at noon";
const PHONE = { width: 360, height: 740 };
const PICTURE = "../pictures/good/orientation-6.jpg";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A browser of somebody who signs up there, and what went wrong in it. */
async function person(name, scripts, colorScheme = "light") {
  const context = await browser.newContext({ viewport: PHONE, colorScheme });
  // Where none of ours arrives: axe itself needs a browser that runs scripts.
  const none = (route) => route.fulfill({ contentType: "text/javascript", body: "" });
  if (!scripts) await context.route("**/static/*.js*", none);
  const { page, wrong } = watched(await context.newPage(), site);
  const close = async () => {
    // The one form that is refused on purpose.
    assert.deepEqual(wrong.filter((it) => !it.includes("400")), []);
    await context.close();
  };
  const who = `${name}-${scripts ? "quick" : "plain"}`;
  await page.goto(`${site.url}/signup/`);
  await page.getByLabel("Name to go by").fill(name);
  await page.getByLabel("Username").fill(who);
  await page.getByLabel("E-mail address").fill(`${who}@example.com`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.waitForURL(`${site.url}/`);
  return { page, close, name };
}

const menu = (page) => page.locator("details.menu > summary").click();

/** Makes an event with a picture, with one seat; tells where its page is. */
async function makes({ page }, title, shot) {
  await page.getByRole("link", { name: "New event" }).first().click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await isFine(page, `${shot}-new-event`);
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Description").fill("Bring a spoon.\n\nAll of https://example.com/jollof is true.");
  await page.getByLabel("First day").fill("2030-06-01");
  await page.getByLabel("Begins at").fill("20:00");
  await page.getByLabel("Last day").fill("2030-05-01");
  await page.getByLabel("Time zone").fill("Africa/Lagos");
  await page.getByLabel("Place", { exact: true }).fill("Freedom Park, Lagos");
  await page.locator("summary", { hasText: "Seats and guests" }).click();
  await page.getByLabel("Seats", { exact: true }).fill("1");
  await page.getByRole("button", { name: /Save|Publish/ }).first().click();

  // The end is before the start: it says so beside the field, and nothing is lost.
  await page.getByText("the end is before the start").first().waitFor();
  await isFine(page, `${shot}-new-event-refused`);
  assert.equal(await page.getByLabel("Place", { exact: true }).inputValue(), "Freedom Park, Lagos");
  await page.getByLabel("Last day").fill("");
  await page.getByLabel("Choose a picture").setInputFiles(PICTURE);
  await page.getByLabel("What the picture shows").fill("A pot of jollof");
  await page.getByRole("button", { name: /Save|Publish/ }).first().click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  assert.equal(await page.getByAltText("A pot of jollof").count(), 1);
  await isFine(page, `${shot}-event-own`);
  return page.url();
}

/** Finds an event by search, from the first page on. */
async function finds({ page }, words, title, shot) {
  await page.goto(`${site.url}/`);
  await page.getByLabel("Words to look for").fill(words);
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/\/events\/\?/);
  await isFine(page, `${shot}-found`);
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

const part = (page) => page.locator("#taking-part");

async function goes({ page }) {
  await part(page).getByRole("button", { name: "I am going" }).click();
  await part(page).getByText("You are going").waitFor();
}

async function waits({ page }, shot) {
  await part(page).getByRole("button", { name: "Join the waitlist" }).click();
  await part(page).getByText("You are first in line").waitFor();
  await isFine(page, `${shot}-waits`);
}

async function withdraws({ page }) {
  await part(page).locator("summary", { hasText: "Change or withdraw" }).click();
  await part(page).getByRole("button", { name: "I am not coming" }).click();
  await part(page).getByRole("heading", { name: "Are you coming?" }).waitFor();
}

async function movedUp({ page }, shot) {
  await page.reload();
  await part(page).getByText("You are going").waitFor();
  await menu(page);
  await page.locator(".menu a", { hasText: "Notifications" }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await isFine(page, `${shot}-notifications`);
  await page.goBack();
}

async function comments({ page }, shot) {
  const form = page.locator("#write");
  await form.getByLabel("Your comment").fill("I bring the drums.");
  await form.locator("input[type=file]").setInputFiles(PICTURE);
  const describe = form.locator("summary", { hasText: "Describe your pictures" });
  if (await describe.isVisible()) await describe.click();
  await form.locator("[name=alt]").first().fill("Two drums");
  await form.getByRole("button", { name: "Send" }).click();
  const said = page.locator(".comment", { hasText: "I bring the drums." });
  await said.getByAltText("Two drums").waitFor();
  await isFine(page, `${shot}-comment`);
}

async function edits({ page }, address, title, shot) {
  await page.goto(address);
  await page.getByRole("link", { name: "Guests" }).click();
  await page.getByText("Chidi").first().waitFor();
  await isFine(page, `${shot}-guests`);
  await page.goto(address);
  await page.getByRole("link", { name: "Edit", exact: true }).first().click();
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

async function callsOff({ page }, shot) {
  await page.getByRole("link", { name: "Cancel it" }).click();
  await isFine(page, `${shot}-cancel`);
  await page.getByRole("button", { name: "Call it off" }).click();
  await page.getByText("This event is cancelled").first().waitFor();
  await isFine(page, `${shot}-cancelled`);
}

for (const scripts of [true, false]) {
  test(`a party is made, found, filled, talked about and called off, ${scripts ? "with" : "without"} scripts`, async () => {
    const shot = scripts ? "story" : "story-plain";
    const ada = await person("Ada", scripts);
    const bola = await person("Bola", scripts);
    const chidi = await person("Chidi", scripts, "dark");
    const title = scripts ? "Quick jollof" : "Plain jollof";

    const address = await makes(ada, title, shot);
    await finds(bola, title, title, shot);
    await goes(bola);
    await finds(chidi, title, title, shot);
    await waits(chidi, shot);
    await withdraws(bola);
    await movedUp(chidi, shot);
    await comments(chidi, shot);
    await edits(ada, address, `${title} at dawn`, shot);
    await callsOff(ada, shot);
    await chidi.page.goto(address);
    await chidi.page.getByText("This event is cancelled").first().waitFor();
    assert.ok(await chidi.page.getByText("I bring the drums.").isVisible(), "nothing has vanished");

    await menu(ada.page);
    await ada.page.locator(".menu").getByRole("button", { name: "Sign out" }).click();
    await ada.page.getByRole("link", { name: "Sign in" }).first().waitFor();
    await Promise.all([ada, bola, chidi].map((who) => who.close()));
  });
}

test("somebody who has only a keyboard signs up and goes", async () => {
  const ada = await person("Adaeze", true);
  const address = await makes(ada, "Keyboard party", "keyboard");
  await ada.close();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const { page, wrong } = watched(await context.newPage(), site);
  /** Tab after tab, until something of this name has the focus. */
  const reach = async (name) => {
    for (let tries = 0; tries < 80; tries += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const it = document.activeElement;
        const seen = it.getBoundingClientRect();
        const label = it.labels?.[0]?.textContent ?? it.textContent;
        return { name: (label ?? "").trim(), isSeen: seen.width > 0 && getComputedStyle(it).outlineStyle !== "none" };
      });
      if (!at.name.startsWith(name)) continue;
      assert.ok(at.isSeen, `${name} shows that it has the focus`);
      return;
    }
    assert.fail(`no Tab leads to ${name} on ${page.url()}`);
  };

  await page.goto(address);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await reach("I am going");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/signin/**");
  await reach("Get an account");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/signup/**");
  for (const [label, text] of [["Username", "keys"], ["E-mail address", "keys@example.com"], ["Password", PASSWORD]]) {
    await reach(label);
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Keyboard party" }).waitFor();
  await reach("I am going");
  await page.keyboard.press("Enter");
  await part(page).getByText("You are going").waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test("every page of the story fits at twice the size, and weighs little", async () => {
  const ada = await person("Amina", true);
  const address = await makes(ada, "Light party", "light");
  const paths = ["/", "/events/", "/events/month/", "/events/map/", "/events/new/", "/groups/", "/settings/", new URL(address).pathname];
  // 200 % on a window of 640 pixels leaves 320.
  await ada.page.setViewportSize({ width: 320, height: 480 });
  for (const path of paths) {
    await ada.page.goto(site.url + path);
    await fits(ada.page);
    await isAccessible(ada.page);
  }
  const cdp = await ada.page.context().newCDPSession(ada.page);
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  const kinds = new Map();
  let bytes = 0;
  cdp.on("Network.responseReceived", (it) => kinds.set(it.requestId, it.type));
  cdp.on("Network.loadingFinished", (it) => {
    if (kinds.get(it.requestId) !== "Image") bytes += it.encodedDataLength;
  });
  for (const path of paths) {
    bytes = 0;
    await ada.page.goto(site.url + path, { waitUntil: "networkidle" });
    assert.ok(bytes > 5_000 && bytes < 60_000, `${path} weighs ${bytes} bytes`);
  }
  await ada.close();
});

test("the pages beside the story are accessible, too", async () => {
  const dayo = { username: "dayo", email: "dayo@example.com", password: PASSWORD };
  const { access } = await site.post("/api/users/register/", dayo);
  const group = await site.post("/api/groups/", { name: "Drummers", visibility: "closed" }, access);
  const event = await site.post("/api/events/create/", { title: "Rehearsal", start_date: "2030-06-01", group: group.id }, access);
  await site.post(`/api/groups/${group.id}/announcements/`, { title: "New drums", body: "Come and see." }, access);
  await site.post(`/api/groups/${group.id}/invitations/`, {}, access);

  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: PHONE, colorScheme });
    const { page, wrong } = watched(await context.newPage(), site);
    await page.goto(`${site.url}/signin/?next=/groups/`);
    await isFine(page, `signin-${colorScheme}`);
    await page.getByLabel("Username or e-mail address").fill(dayo.username);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${site.url}/groups/`);
    const of = (parts) => parts.map((part) => `/groups/${group.id}-drummers/${part}`);
    const groups = ["", "members/", "requests/", "invitations/", "bans/", "announcements/", "audit/", "edit/", "delete/"];
    const settings = ["", "password/", "sessions/", "notifications/", "account/"].map((part) => `/settings/${part}`);
    const mine = ["/mine/", "/mine/organised/", "/mine/groups/", "/groups/", "/groups/new/", "/notifications/"];
    const others = ["delete/", "comments/", "people/"].map((part) => `/events/${event.id}-rehearsal/${part}`);
    for (const path of [...of(groups), ...settings, ...mine, ...others]) {
      await page.goto(site.url + path);
      await isFine(page, `${path.replace(/\W+/g, "-")}-${colorScheme}`);
    }
    assert.deepEqual(wrong, []);
    await context.close();
  }
});
