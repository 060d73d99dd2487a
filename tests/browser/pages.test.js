// What a visitor sees. Screenshots go to SCREENSHOTS.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openPage, startBrowser, startSite } from "./site.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = process.env.SCREENSHOTS ?? "../../target/screenshots";

let site, browser;

before(async () => {
  site = await startSite();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const picture = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });

test("the first page works on a narrow phone", async () => {
  const { page, wrong } = await openPage(browser, site, { width: 360, height: 740 });
  await page.goto(`${site.url}/`, { waitUntil: "networkidle" });
  await picture(page, "first-page-360");

  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `the page is ${width} px wide`);
  assert.ok(await page.getByRole("link", { name: "API" }).first().isVisible());
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

      // Evaluated, because the page's policy lets no script in.
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const found = violations.map((it) => `${it.id}: ${it.help}: ${it.nodes.map((node) => node.html).join(" ")}`);
      assert.deepEqual(found, []);
    });
  }
}
