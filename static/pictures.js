// Pictures of a form: chosen in several goes, pasted or dropped. They are shown and described before
// they are sent, and shrunk where they would keep a slow line busy. Everything works without.
"use strict";
(() => {
  const KINDS = ["image/jpeg", "image/png", "image/webp", "image/gif"];
  const LARGEST = 10_000_000;
  const LARGE = 2_000_000;
  const LONGEST_SIDE = 2560;
  const QUALITY = 0.85;

  /** The text of a form's data attribute, with what belongs into it. */
  const told = (form, name, values = {}) =>
    form.dataset[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

  /** A picture as it is sent: a large one smaller, upright, as JPEG. Fails where it is none. */
  async function prepared(file) {
    const bitmap = await createImageBitmap(file);
    try {
      const longest = Math.max(bitmap.width, bitmap.height);
      const isLarge = file.size > LARGE || longest > LONGEST_SIDE;
      // What moves would stop moving.
      if (!isLarge || (file.type === "image/gif" && file.size <= LARGEST)) return file;
      const shrunk = await drawn(bitmap, Math.min(1, LONGEST_SIDE / longest));
      if (!shrunk || shrunk.size >= file.size) return file;
      return new File([shrunk], file.name.replace(/\.\w*$/, "") + ".jpg", { type: "image/jpeg" });
    } finally {
      bitmap.close();
    }
  }

  function drawn(bitmap, scale) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    // JPEG lets nothing through.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  }

  /** A form with pictures. */
  class Pictures {
    constructor(form) {
      this.form = form;
      this.most = Number(form.dataset.pictures);
      this.input = form.querySelector("input[type=file]");
      this.previews = form.querySelector("[data-previews]");
      this.faults = form.querySelector("[data-faults]");
      this.status = form.querySelector("[data-status]");
      this.progress = form.querySelector("[data-progress]");
      this.shown = [];
      this.preparing = Promise.resolve();
      if (this.input) this.begin();
    }

    begin() {
      this.form.querySelector("[data-without-scripts]").remove();
      this.form.querySelector("[data-with-scripts]").hidden = false;
      this.input.addEventListener("change", () => this.choose([...this.input.files]));
      this.form.addEventListener("paste", (event) => this.paste(event));
      this.form.addEventListener("dragover", (event) => this.dragOver(event));
      this.form.addEventListener("dragleave", (event) => {
        if (!this.form.contains(event.relatedTarget)) this.form.classList.remove("dropping");
      });
      this.form.addEventListener("drop", (event) => this.drop(event));
      this.form.addEventListener("submit", (event) => this.submit(event));
      // A browser may come back to the page that a comment was sent from.
      addEventListener("pageshow", (event) => {
        if (event.persisted && this.isSending) this.fail([]);
      });
      // A browser that comes back to a page may have kept what was chosen.
      if (this.input.files.length > 0) this.choose([...this.input.files]);
    }

    paste(event) {
      const { files, types } = event.clipboardData;
      // Who copies from a document has its text and a picture of it, and means the text.
      if (files.length === 0 || types.includes("text/plain")) return;
      event.preventDefault();
      this.choose([...files]);
    }

    dragOver(event) {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      this.form.classList.add("dropping");
    }

    drop(event) {
      this.form.classList.remove("dropping");
      if (event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      this.choose([...event.dataTransfer.files]);
    }

    /** Takes these beside those that are there. One after the other: each needs much memory. */
    choose(files) {
      this.hold();
      this.say([]);
      this.preparing = this.preparing.then(async () => {
        this.status.textContent = told(this.form, "preparing");
        const wrong = [];
        for (const file of files) {
          const fault = await this.add(file);
          if (fault && !wrong.includes(fault)) wrong.push(fault);
        }
        this.say(wrong);
        this.count();
      });
    }

    /** Takes one more; tells what is wrong with it, if anything is. */
    async add(file) {
      const values = { name: file.name, most: this.most };
      if (this.shown.length >= this.most) return told(this.form, "many", values);
      if (!KINDS.includes(file.type)) return told(this.form, "kind", values);
      const ready = await prepared(file).catch(() => null);
      if (!ready) return told(this.form, "unreadable", values);
      if (ready.size > LARGEST) return told(this.form, "large", values);
      this.show(ready);
      return null;
    }

    show(file) {
      const item = this.form.querySelector("[data-preview]").content.cloneNode(true).firstElementChild;
      const image = item.querySelector("img");
      image.src = URL.createObjectURL(file);
      const shown = { file, item };
      item.querySelector("button").addEventListener("click", () => {
        URL.revokeObjectURL(image.src);
        this.remove(shown);
      });
      this.shown.push(shown);
      this.previews.append(item);
      this.hold();
    }

    remove(shown) {
      const at = this.shown.indexOf(shown);
      this.shown.splice(at, 1);
      shown.item.remove();
      this.hold();
      this.say([]);
      this.count();
      // Who works with the keyboard goes on from here.
      const next = this.shown[Math.min(at, this.shown.length - 1)];
      (next?.item.querySelector("button") ?? this.input).focus();
    }

    /** The input holds what is shown, in its order. */
    hold() {
      const held = new DataTransfer();
      for (const { file } of this.shown) held.items.add(file);
      this.input.files = held.files;
      this.previews.hidden = this.shown.length === 0;
    }

    count() {
      const count = this.shown.length;
      this.status.textContent = count === 0 ? "" : told(this.form, "ready", { count, most: this.most });
    }

    say(wrong) {
      this.faults.textContent = wrong.join(" ");
      this.faults.hidden = wrong.length === 0;
    }

    /** Without pictures the browser sends the form as any other, and owambe.js sees that it does so once. */
    async submit(event) {
      const isPreparing = this.status.textContent === told(this.form, "preparing");
      if (this.isSending || (this.shown.length === 0 && !isPreparing)) {
        if (this.isSending) event.preventDefault();
        return;
      }
      event.preventDefault();
      this.isSending = true;
      this.disable(true);
      await this.preparing;
      this.send();
    }

    send() {
      const request = new XMLHttpRequest();
      request.open("POST", this.form.action);
      request.responseType = "document";
      // What is wrong is said in a page, and not as programs read it.
      request.setRequestHeader("Accept", "text/html");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) this.progress.value = event.loaded / event.total;
      });
      request.upload.addEventListener("load", () => {
        // From here on it takes as long as it takes.
        this.progress.removeAttribute("value");
        this.status.textContent = told(this.form, "arrived");
      });
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.fail([told(this.form, "failed")]));
      this.say([]);
      this.status.textContent = told(this.form, "sending");
      this.progress.value = 0;
      this.progress.hidden = false;
      request.send(new FormData(this.form));
    }

    disable(isDisabled) {
      for (const button of this.form.querySelectorAll("button")) button.disabled = isDisabled;
    }

    fail(wrong) {
      this.isSending = false;
      this.disable(false);
      this.progress.hidden = true;
      this.count();
      this.say(wrong);
    }

    /** The answer is a page: the one that the form leads to, or one that says what is wrong. */
    answered(request) {
      const page = request.response;
      const url = new URL(request.responseURL || location.href);
      if (request.status === 200 && url.pathname.startsWith("/signin/")) {
        this.fail([told(this.form, "signedOut")]);
      } else if (request.status === 200) {
        arrive(page, url, this.form.dataset.changes);
      } else {
        const faults = [...(page?.querySelectorAll("main .fault:not([hidden])") ?? [])];
        const wrong = request.status === 400 ? faults : [...(page?.querySelectorAll("main h1") ?? [])];
        const words = wrong.map((it) => it.textContent.trim()).filter((it) => it !== "");
        this.fail(words.length > 0 ? words : [told(this.form, "failed")]);
      }
    }
  }

  /** Shows the comment that was just written: in its place on this page, or on the page that it is on. */
  function arrive(page, url, changed) {
    const fresh = page?.querySelector("#talk");
    const own = [...(fresh?.querySelectorAll("[data-mine]") ?? [])].map((it) => Number(it.dataset.mine));
    const id = changed ?? (own.length > 0 ? Math.max(...own) : null);
    url.hash = id ? `comment-${id}` : "comments";
    const old = document.querySelector("#talk");
    if (!fresh || !old || url.pathname !== location.pathname) {
      location.assign(url);
      return;
    }
    const here = document.adoptNode(fresh);
    old.replaceWith(here);
    globalThis.htmx?.process(here);
    begin(here);
    history.replaceState(null, "", url.pathname + url.search);
    location.hash = url.hash;
    document.getElementById(url.hash.slice(1))?.focus({ preventScroll: true });
  }

  function begin(root) {
    for (const form of root.querySelectorAll("form[data-pictures]:not([data-begun])")) {
      form.dataset.begun = "";
      new Pictures(form);
    }
  }

  // An answer that nobody wants to write goes as it came.
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    const answer = close?.closest(".answer");
    if (!answer) return;
    event.preventDefault();
    answer.replaceChildren();
    document.getElementById(answer.id.replace("answer-", "comment-"))?.focus();
  });

  begin(document);
  document.addEventListener("htmx:after:swap", () => begin(document));
})();
