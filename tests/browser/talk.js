// What people say under an event, done as somebody does it who has scripts.
import assert from "node:assert/strict";

const sizeOf = (page, selector) => page.locator(selector).count();

/** A picture, drawn by the page: its size in pixels, and how it is written. Noise cannot be packed. */
function drawn(page, name, { width = 40, height = 30, type = "image/png", noise = false } = {}) {
  const draw = async ({ name, width, height, type, noise }) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`;
    context.fillRect(0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    if (noise) for (let at = 0; at < pixels.data.length; at += 4) pixels.data[at] = Math.random() * 256;
    context.putImageData(pixels, 0, 0);
    return new File([await canvas.convertToBlob({ type, quality: 0.95 })], name, { type });
  };
  return page.evaluateHandle(draw, { name, width, height, type, noise });
}

/** Puts files onto an element as `paste` or `drop` brings them. */
async function bring(page, selector, kind, ...files) {
  const bringIt = (element, { kind, files }) => {
    const data = new DataTransfer();
    for (const file of files) data.items.add(file);
    const more = { bubbles: true, cancelable: true };
    const event =
      kind === "paste"
        ? new ClipboardEvent("paste", { ...more, clipboardData: data })
        : new DragEvent("drop", { ...more, dataTransfer: data });
    element.dispatchEvent(event);
  };
  const element = await page.locator(selector).elementHandle();
  await page.evaluate(([element, kind, bringIt, ...files]) => new Function(`return ${bringIt}`)()(element, { kind, files }), [
    element,
    kind,
    String(bringIt),
    ...files,
  ]);
}

/** On a page that shows what is said under an event, to somebody who is signed in: says something with
 *  pictures, likes it, answers it, changes it and takes it back. */
export async function talk(page) {
  const start = page.url();
  const form = page.locator("#write");
  const before = await sizeOf(page, "#talk .comment");
  await form.getByLabel("Your comment").fill("Who brings the drums?");
  await form.getByRole("button", { name: "Send" }).click();
  await page.getByText("Who brings the drums?").waitFor();
  assert.equal(await sizeOf(page, "#talk .comment"), before + 1);
  assert.match(page.url(), /#comment-\d+$/);

  await talkWithPictures(page, form);
  const own = page.locator(".comment", { hasText: "Look at this" });
  await like(page, own);
  await answer(page, own);
  await change(page, own);
  await takeBack(page, own);
  await page.goto(start);
}

async function talkWithPictures(page, form) {
  await form.getByLabel("Your comment").fill("Look at this: https://owambe.test/drums.");
  await bring(page, "#body", "paste", await drawn(page, "pasted.png"));
  await form.locator(".previews li").nth(0).waitFor();
  const large = await drawn(page, "large.jpg", { width: 3000, height: 1500, type: "image/jpeg", noise: true });
  await bring(page, "#write", "drop", await drawn(page, "dropped.png"), large);
  await form.locator(".previews li").nth(2).waitFor();
  const sizes = await page.locator("#image").evaluate(async (input) => {
    const files = [...input.files];
    const widths = files.map(async (file) => (await createImageBitmap(file)).width);
    return { names: files.map((file) => file.name), widths: await Promise.all(widths) };
  });
  assert.deepEqual(sizes, { names: ["pasted.png", "dropped.png", "large.jpg"], widths: [40, 40, 2560] });

  await page.locator("#image").setInputFiles({ name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") });
  await form.getByText("letter.pdf is no JPEG").waitFor();
  assert.equal(await sizeOf(page, "#write .previews li"), 3, "what is there stays");
  await page.locator("#image").setInputFiles({ name: "torn.png", mimeType: "image/png", buffer: Buffer.from("torn") });
  await form.getByText("torn.png cannot be read").waitFor();

  await form.getByLabel("What it shows").nth(0).fill("A drum");
  await form.getByLabel("What it shows").nth(2).fill("Much noise");
  await form.locator(".previews li").nth(1).getByRole("button").click();
  assert.equal(await page.locator("#image").evaluate((input) => input.files.length), 2);
  await form.getByRole("button", { name: "Send" }).click();

  const said = page.locator(".comment", { hasText: "Look at this" });
  await said.waitFor();
  assert.deepEqual(await said.locator(".pictures img").evaluateAll((all) => all.map((it) => it.alt)), ["A drum", "Much noise"]);
  assert.equal(await said.locator(".prose a").getAttribute("href"), "https://owambe.test/drums");
  await page.waitForFunction(() => document.activeElement?.matches(".comment"));
  assert.equal(await page.locator("#body").inputValue(), "", "the form is blank again");
}

async function like(page, said) {
  const button = said.getByRole("button", { name: "Like" });
  await button.click();
  await said.locator("[aria-pressed=true]").waitFor();
  assert.match(await button.textContent(), /1/);
  assert.ok(await button.evaluate((it) => it === document.activeElement), "who uses a keyboard stays there");
  await button.click();
  await said.locator("[aria-pressed=false]").waitFor();
}

async function answer(page, said) {
  const link = said.getByRole("link", { name: "Answer" });
  await link.click();
  const form = page.locator(".answer form");
  await form.waitFor();
  assert.ok(await form.getByLabel("Your answer").evaluate((it) => it === document.activeElement));
  await form.getByRole("link", { name: "Cancel" }).click();
  assert.equal(await form.count(), 0);

  await link.click();
  await form.getByLabel("Your answer").fill("I do.");
  const id = await form.getAttribute("id");
  await bring(page, `#${id} textarea`, "paste", await drawn(page, "mine.png"));
  await form.locator(".previews li").waitFor();
  await form.getByRole("button", { name: "Send" }).click();
  await page.locator(".answers .comment", { hasText: "I do." }).locator("img").last().waitFor();
}

async function change(page, said) {
  await said.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("heading", { name: "Edit your comment" }).waitFor();
  await page.getByLabel("Your comment").fill("Look at this again");
  await page.getByLabel("Take away").first().check();
  await bring(page, "#write", "drop", await drawn(page, "more.png"));
  await page.locator(".previews li").waitFor();
  await page.getByLabel("What it shows").fill("One more");
  await page.getByRole("button", { name: "Save" }).click();
  await said.getByText("edited").waitFor();
  assert.deepEqual(await said.locator(".pictures img").evaluateAll((all) => all.map((it) => it.alt)), ["Much noise", "One more"]);
}

async function takeBack(page, said) {
  const answered = page.locator(".answers .comment", { hasText: "I do." });
  for (const one of [said, answered]) {
    await one.getByRole("link", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.locator("#talk").waitFor();
  }
  assert.equal(await page.getByText("I do.").count(), 0);
  assert.equal(await page.getByText("Look at this").count(), 0);
}
