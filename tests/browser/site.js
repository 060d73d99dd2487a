// A server with an empty data folder, and a browser to look at it with.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const OWAMBE = process.env.OWAMBE_BIN ?? "../../target/debug/owambe";

/** Starts the site on a free port. `stop` ends it, and fails unless it ended well. */
export async function startSite() {
  const dir = await mkdtemp(join(tmpdir(), "owambe-"));
  const args = ["--listen", "127.0.0.1:0", "--data-dir", dir];
  const server = spawn(OWAMBE, args, {
    env: { ...process.env, RUST_LOG: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const [line] = await Promise.race([
    once(createInterface(server.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ]);
  const url = line.replace("Owambe is ready: ", "").replace(/\/$/, "");

  const stop = async () => {
    server.kill();
    const [code] = await ended;
    await rm(dir, { recursive: true });
    if (code !== 0) throw new Error(`the server ended with ${code}`);
  };
  const post = async (path, body, token) => {
    const headers = { "content-type": "application/json" };
    if (token) headers.authorization = `Bearer ${token}`;
    const reply = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.status === 204 ? null : reply.json();
  };
  return { url, stop, post, link: (name, to) => link(join(dir, "letters"), name, to) };
}

/** The path of the newest link to a page, such as "verify", in the letters that the site has written to an address. */
async function link(folder, page, to) {
  for (let tries = 0; tries < 100; tries += 1) {
    const files = await readdir(folder).catch(() => []);
    for (const file of files.filter((it) => it.endsWith(".eml")).sort().reverse()) {
      const letter = await readFile(join(folder, file), "utf8");
      if (!letter.includes(`\r\nTo: ${to}\r\n`)) continue;
      // Quoted-printable: a line that is too long ends in "=", and "=3D" is "=".
      const text = letter.replaceAll("=\r\n", "").replaceAll("=3D", "=");
      const found = text.match(new RegExp(`/${page}/\\?token=[\\w.-]+`));
      if (found) return found[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no letter to ${to} has a link to ${page}`);
}

/** Debian's Chromium, told not to call home. */
export function startBrowser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page, and a list of all that went wrong on it, which is to be empty in the end. */
export async function openPage(browser, site, size = { width: 1280, height: 900 }) {
  return watched(await browser.newPage({ viewport: size }), site);
}

/** The same for a page that is open. */
export function watched(page, site) {
  const wrong = [];
  page.on("console", (it) => it.type() === "error" && wrong.push(`console: ${it.text()}`));
  page.on("pageerror", (it) => wrong.push(`script: ${it}`));
  page.on("requestfailed", (it) => {
    // Whoever goes on to the next page lets go of the icon of the last one.
    const isLetGo = it.url().includes("/static/icon.svg") && it.failure()?.errorText === "net::ERR_ABORTED";
    if (!isLetGo) wrong.push(`failed: ${it.url()} ${it.failure()?.errorText}`);
  });
  page.on("request", (it) => {
    const isOwn = it.url().startsWith(`${site.url}/`) || /^(data|blob):/.test(it.url());
    if (!isOwn) wrong.push(`elsewhere: ${it.url()}`);
  });
  page.on("response", (it) => it.status() >= 400 && wrong.push(`${it.status()}: ${it.url()}`));
  return { page, wrong };
}
