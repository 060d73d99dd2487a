// What every page is held to.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = process.env.SCREENSHOTS ?? "../../target/screenshots";

/** Keeps a picture of the whole page with the other artefacts of the run. */
export const picture = (page, name) =>
  page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });

/** No violation of any rule that axe knows. */
export async function isAccessible(page) {
  // Evaluated, because the page's policy lets no script in.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map((it) => `${it.id}: ${it.help}: ${it.nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(found, [], page.url());
}

/** Nobody has to scroll sideways. */
export async function fits(page) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= page.viewportSize().width, `${page.url()} is ${width} px wide`);
}

/** Both, and a picture. */
export async function isFine(page, name) {
  await fits(page);
  await isAccessible(page);
  await picture(page, name);
}
