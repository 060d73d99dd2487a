// What a visitor sees. Screenshots go to SCREENSHOTS.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAccessible, isFine, picture } from "./checks.js";
import { openPage, startBrowser, startSite, watched } from "./site.js";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

test("the first page works on a narrow phone", async () => {
  const { page, wrong } = await openPage(browser, site, { width: 360, height: 740 });
  await page.goto(`${site.url}/`, { waitUntil: "networkidle" });
  await picture(page, "first-page-360");

  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `the page is ${width} px wide`);
  assert.ok(await page.getByRole("link", { name: "For developers" }).first().isVisible());
  assert.deepEqual(wrong, []);
});

test("the documentation lists the operations, and one can be tried", async () => {
  const { page, wrong } = await openPage(browser, site);
  await page.goto(`${site.url}/api/docs/`, { waitUntil: "networkidle" });
  await page.locator('[data-path="/api/events/create/"]').waitFor();
  await picture(page, "docs");

  const list = page.locator(".opblock-get", { has: page.locator('[data-path="/api/events/"]') });
  await list.locator(".opblock-summary-control").click();
  const tryIt = list.getByRole("button", { name: "Try it out" });
  if (await tryIt.isVisible()) await tryIt.click();
  await list.getByRole("button", { name: "Execute" }).click();
  await list.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor();
  await picture(page, "docs-answer");
  assert.deepEqual(wrong, []);
});

test("a page that is not there says so, and names the request", async () => {
  const { page, wrong } = await openPage(browser, site);
  const response = await page.goto(`${site.url}/nope`);
  await picture(page, "nope");

  assert.equal(response.status(), 404);
  assert.match(response.headers()["content-type"], /^text\/html/);
  const id = response.headers()["x-request-id"];
  assert.ok(id);
  assert.ok(await page.getByText(id).isVisible());
  // The browser complains of the 404 itself, and of nothing else.
  assert.deepEqual(wrong.filter((it) => !it.includes("404")), []);
});

for (const path of ["/", "/nope", "/problems/"]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${path} is accessible in ${colorScheme} colours`, async () => {
      const { page } = await openPage(browser, site);
      await page.emulateMedia({ colorScheme });
      await page.goto(site.url + path);
      await picture(page, `${path.replaceAll("/", "") || "first-page"}-${colorScheme}`);

      await isAccessible(page);
    });
  }
}

const PASSWORD = "jollof rice at noon";

test("the links in letters lead to pages that do what they say", async () => {
  const { page, wrong } = await openPage(browser, site, { width: 360, height: 740 });
  const isNarrow = async () => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `the page is ${width} px wide`);
    await isAccessible(page);
  };
  const ada = await site.post("/api/users/register/", { username: "ada", email: "ada@example.com", password: PASSWORD });

  await page.goto(site.url + (await site.link("verify", "ada@example.com")));
  await isNarrow();
  await picture(page, "verify");
  await page.getByRole("button", { name: "Yes, this is my address" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  await isNarrow();

  await site.post("/api/users/password/reset/", { email: "ada@example.com" });
  await page.goto(site.url + (await site.link("reset", "ada@example.com")));
  await isNarrow();
  await page.getByLabel("New password").fill("password");
  await page.getByRole("button", { name: "Keep this password" }).click();
  await page.getByRole("alert").waitFor();
  await isNarrow();
  await picture(page, "reset-weak");
  assert.deepEqual(wrong.filter((it) => !it.includes("400")), []);
  await page.getByLabel("New password").fill("suya at midnight");
  await page.getByRole("button", { name: "Keep this password" }).click();
  await page.getByRole("heading", { name: "Your password is changed" }).waitFor();

  const session = await site.post("/api/users/login/", { username: "ada", password: "suya at midnight" });
  assert.equal(session.user.email_verified, true);
  assert.equal(session.user.id, ada.user.id);
});

test("who is invited by a letter joins, and stops letters with two clicks", async () => {
  const { page, wrong } = await openPage(browser, site, { width: 360, height: 740 });
  const host = await site.post("/api/users/register/", { username: "host", email: "host@example.com", password: PASSWORD });
  const verify = await site.link("verify", "host@example.com");
  await site.post("/api/users/email/verify/", { token: verify.split("token=")[1] });
  const group = await site.post("/api/groups/", { name: "Jollof Society" }, host.access);
  await site.post(`/api/groups/${group.id}/invitations/`, { email: "bola@example.com" }, host.access);

  await page.goto(site.url + (await site.link("invitations", "bola@example.com")));
  await isAccessible(page);
  await picture(page, "invitation");
  await page.locator("#username").fill("bola");
  await page.locator("#new_password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up and join" }).click();
  await page.getByRole("heading", { name: "Welcome to Jollof Society" }).waitFor();
  await isAccessible(page);

  await site.post(`/api/groups/${group.id}/announcements/`, { title: "We move", body: "To the park." }, host.access);
  await page.goto(site.url + (await site.link("unsubscribe", "bola@example.com")));
  await isAccessible(page);
  await page.getByRole("button", { name: "Stop these letters" }).click();
  await page.getByText("No more of them will reach you.").waitFor();
  await isAccessible(page);
  await picture(page, "unsubscribed");
  assert.deepEqual(wrong, []);
});

test("somebody signs up on a phone, and looks after their account", async () => {
  const phone = { viewport: { width: 360, height: 740 }, timezoneId: "Africa/Lagos" };
  const context = await browser.newContext(phone);
  const { page, wrong } = watched(await context.newPage(), site);
  for (const path of ["/signin/?next=/settings/", "/forgot/"]) {
    await page.goto(site.url + path);
    await isFine(page, path.split("/")[1]);
  }
  await page.goto(`${site.url}/signin/`);
  await page.getByLabel("Username or e-mail address").fill("chidinma");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("no account with this name and password").waitFor();
  await isFine(page, "signin-refused");
  await page.goto(`${site.url}/signup/?next=/settings/`);
  await isFine(page, "signup");
  await page.getByLabel("Name to go by").fill("Chidinma");
  await page.getByLabel("Username").fill("chidinma");
  await page.getByLabel("E-mail address").fill("chidinma@example.com");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.waitForURL(`${site.url}/settings/`);
  assert.equal(await page.getByLabel("Time zone").inputValue(), "Africa/Lagos");

  for (const part of ["", "password/", "sessions/", "notifications/", "account/"]) {
    await page.goto(`${site.url}/settings/${part}`);
    await isFine(page, `settings-${part.replace("/", "") || "profile"}`);
  }
  await page.goto(`${site.url}/notifications/`);
  await isFine(page, "notifications-none");
  await page.locator("details.menu > summary").click();
  await page.getByRole("link", { name: "My page" }).click();
  await page.getByRole("heading", { name: "Chidinma" }).waitFor();
  await isFine(page, "person");
  await page.locator("details.menu > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
  assert.deepEqual(wrong.filter((it) => !it.includes("400")), []);
  await context.close();
});
