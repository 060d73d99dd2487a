// What people say under an event, in a real browser: with scripts, and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isFine } from "./checks.js";
import { openPage, startBrowser, startSite } from "./site.js";
import { talk } from "./talk.js";

const PASSWORD = "jollof rice at noon";
const PICTURES = "../pictures/good";

let site, browser, event;

before(async () => {
  site = await startSite();
  browser = await startBrowser();
  const who = (name) => ({ username: name, email: `${name}@example.com`, password: PASSWORD });
  const ada = await site.post("/api/users/register/", who("ada"));
  await site.post("/api/users/register/", who("bola"));
  event = await site.post("/api/events/create/", { title: "Jollof Night", start_date: "2030-06-01" }, ada.access);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function signIn(page, name) {
  await page.goto(`${site.url}/signin/`);
  await page.locator("#login").fill(name);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("main form").getByRole("button").click();
  await page.locator(".menu").waitFor();
}

test("somebody talks under an event", async () => {
  const { page, wrong } = await openPage(browser, site, { width: 360, height: 740 });
  await signIn(page, "ada");
  await page.goto(`${site.url}/events/${event.id}-jollof-night/`);

  await talk(page);

  await isFine(page, "talk");
  assert.deepEqual(wrong, []);
});

test("somebody talks without scripts", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await signIn(page, "bola");
  await page.goto(`${site.url}/events/${event.id}-jollof-night/`);

  await page.getByLabel("Your comment").fill("No scripts here");
  await page.locator("#image").setInputFiles([`${PICTURES}/rgb.jpg`, `${PICTURES}/rgb.png`]);
  await page.getByText("Describe your pictures").click();
  await page.getByLabel("What picture 2 shows").fill("the second");
  await page.getByRole("button", { name: "Send" }).click();

  const said = page.locator(".comment:target", { hasText: "No scripts here" });
  assert.deepEqual(await said.locator(".pictures img").evaluateAll((all) => all.map((it) => it.alt)), ["Picture 1 by bola", "the second"]);
  await said.getByRole("button", { name: "Like" }).click();
  await said.locator("[aria-pressed=true]").waitFor();

  await said.getByRole("link", { name: "Answer" }).click();
  await page.getByLabel("Your answer").fill("I answer myself");
  await page.locator("input[name=image]").setInputFiles("../pictures/hostile/pdf-named.jpg");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Your answer").inputValue(), "I answer myself");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator(".answers .comment:target", { hasText: "I answer myself" }).waitFor();
  await context.close();
});
