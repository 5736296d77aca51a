// <twitch-chat>: the chat as one element, for /chat (mode="page") and for any page (a button that opens a panel).
// Attributes: server, region (ISO 3166, for the emergency number), lang, mode. docs/web-api.md tells how to embed it.

import { saveFhir, saveTalk, printSummary } from "./keep.js";
import { assistantNode, button, choicesNode, element, note, personNode, reopen, retire } from "./messages.js";
import { sheet } from "./style.js";
import { Talk } from "./talk.js";
import { fill, wordsFor } from "./words.js";

// What the assistant understands, in its own language, whatever the page's.
const SAYS = { why: "why do you ask?", again: "start again", summary: "summary for my doctor" };
// Pixels left above a reply, so that one sees there is more before.
const ROOM_ABOVE = 48;
const HERE = new URL(import.meta.url).origin;

class TwitchChat extends HTMLElement {
  #words;
  #talk;
  #parts = {};
  // Messages that may not have reached the server yet, by id.
  #pending = new Map();
  // The question that is being answered again.
  #changing = "";
  // The level that this turn's replies have shown: its heading stands once.
  #level = "";
  #state = { busy: false, trouble: null, notice: "" };

  connectedCallback() {
    if (this.shadowRoot) return;
    this.#words = wordsFor(this.closest("[lang]")?.lang);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet()];
    this.#build();
    this.#talk = new Talk((this.getAttribute("server") || HERE).replace(/\/$/, ""), this.#listener());
    if (this.#isPage) this.#talk.begin();
  }

  get #isPage() {
    return this.getAttribute("mode") === "page";
  }

  // ---- structure ----

  #build() {
    const words = this.#words;
    const panel = element(this.#isPage ? "section" : "div", "panel");
    panel.lang = words.lang;
    panel.dir = words.dir;
    panel.setAttribute("aria-label", words.title);
    if (!this.#isPage) panel.setAttribute("role", "dialog");
    const log = element("div", "log");
    log.setAttribute("role", "log");
    log.setAttribute("aria-label", words.log);
    log.tabIndex = 0;
    const status = element("p", "status");
    status.setAttribute("role", "status");
    status.dir = "auto";
    this.#parts = { panel, log, status };
    panel.append(this.#header(), log, status, this.#form(), this.#question());
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event));
    this.shadowRoot.append(panel);
    if (!this.#isPage) this.#addLauncher();
  }

  #addLauncher() {
    const { panel } = this.#parts;
    const launcher = button("launcher", this.#words.open, () => (panel.hidden ? this.#open() : this.#close()));
    launcher.lang = this.#words.lang;
    launcher.setAttribute("aria-expanded", "false");
    panel.hidden = true;
    this.#parts.launcher = launcher;
    this.shadowRoot.append(launcher);
  }

  #header() {
    const words = this.#words;
    const header = element("header");
    const titles = element("div", "titles");
    titles.append(element(this.#isPage ? "h1" : "h2", "", words.title), element("p", "", words.subtitle));
    const list = element("div", "menu");
    list.hidden = true;
    const toggle = button("icon", "☰", () => this.#toggleMenu(list.hidden));
    toggle.setAttribute("aria-label", words.menu);
    toggle.setAttribute("aria-expanded", "false");
    const entry = (text, act) => list.append(button("entry", text, () => (this.#toggleMenu(false), act())));
    entry(words.summary, () => this.#say(SAYS.summary, { shown: words.summary }));
    entry(words.again, () => this.#say(SAYS.again, { shown: words.again }));
    entry(words.download, () => saveTalk(this.#parts.log));
    entry(words.forget, () => this.#parts.ask.showModal());
    Object.assign(this.#parts, { menu: list, toggle });
    header.append(titles, toggle);
    if (!this.#isPage) {
      const close = button("icon", "✕", () => this.#close());
      close.setAttribute("aria-label", words.close);
      header.append(close);
    }
    header.append(list);
    return header;
  }

  #form() {
    const words = this.#words;
    const form = element("form");
    const label = element("label", "hidden", words.input);
    const input = element("textarea");
    input.id = label.htmlFor = "input";
    input.rows = 1;
    input.placeholder = words.placeholder;
    input.setAttribute("enterkeyhint", "send");
    const send = element("button", "send", words.send);
    send.type = "submit";
    form.append(label, input, send);
    const submit = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      input.value = "";
      if (text) this.#say(text, this.#anew(this.#changing));
    };
    form.addEventListener("submit", submit);
    input.addEventListener("keydown", (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event));
    this.#parts.input = input;
    return form;
  }

  // "Delete what you know about me" asks once.
  #question() {
    const words = this.#words;
    const ask = element("dialog", "ask");
    const text = element("p", "", words.forgetAsk);
    text.id = "ask";
    ask.setAttribute("aria-labelledby", "ask");
    const row = element("div", "row");
    row.append(
      button("keep", words.forgetNo, () => ask.close()),
      button("delete", words.forgetYes, () => (ask.close(), this.#forget())),
    );
    ask.append(text, row);
    this.#parts.ask = ask;
    return ask;
  }

  // ---- opening and closing ----

  #open() {
    const { panel, launcher, input } = this.#parts;
    panel.hidden = false;
    launcher.setAttribute("aria-expanded", "true");
    input.focus();
    this.#talk.begin();
    this.#scroll();
  }

  #close() {
    const { panel, launcher } = this.#parts;
    panel.hidden = true;
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  }

  #escape(event) {
    if (this.#parts.ask.open) return;
    event.stopPropagation();
    if (!this.#parts.menu.hidden) {
      this.#toggleMenu(false);
      this.#parts.toggle.focus();
    } else if (!this.#isPage) this.#close();
  }

  #toggleMenu(open) {
    this.#parts.menu.hidden = !open;
    this.#parts.toggle.setAttribute("aria-expanded", String(open));
  }

  // ---- the talk ----

  #listener() {
    return {
      restored: (messages) => this.#quietly(() => this.#restore(messages)),
      replies: (messages) => this.#reply(messages),
      waiting: (entry) => this.#wait(entry),
      sent: (id) => note(this.#pending.get(id), "", ""),
      failed: (id) => note(this.#pending.get(id), "failed", this.#words.failed),
      busy: (yes) => this.#report({ busy: yes }),
      connected: (yes, problem) => this.#report({ trouble: yes ? null : this.#trouble(problem) }),
    };
  }

  // One line below the talk: what is going on now, or what the person should know.
  #report(news) {
    Object.assign(this.#state, news);
    const { busy, trouble, notice } = this.#state;
    const { text, lang = this.#words.lang } = trouble || { text: busy ? this.#words.writing : notice };
    const { status } = this.#parts;
    if (status.textContent !== text) Object.assign(status, { lang, textContent: text });
  }

  // Why nothing goes out: the server's own words to the person, what it has against this page, or no connection.
  #trouble({ status, says }) {
    if (says && status === 429) return { text: says, lang: "en" };
    return { text: says && status === 403 ? fill(this.#words.refused, { reason: says }) : this.#words.offline };
  }

  #say(text, about = {}) {
    this.#retire(about.shown || text);
    this.#changing = "";
    this.#report({ notice: "" });
    const node = this.#append(personNode(about.shown || text, this.#words));
    this.#pending.set(this.#talk.say(text, about), node);
    this.#parts.input.focus();
  }

  // Nothing said before can be tapped by mistake; an answered question can be changed.
  #retire(chosen) {
    const { log } = this.#parts;
    this.#level = "";
    for (const group of log.querySelectorAll(".choices")) if (group.querySelector(".choice:enabled")) retire(group, chosen);
    for (const why of log.querySelectorAll(".why")) why.hidden = true;
  }

  // Long replies are read from their beginning.
  #reply(messages) {
    const { log } = this.#parts;
    const last = log.lastElementChild;
    messages.forEach((message) => this.#show(message));
    const first = last ? last.nextElementSibling : log.firstElementChild;
    if (first) log.scrollTop = Math.min(log.scrollHeight, first.offsetTop - ROOM_ABOVE);
  }

  #show(message) {
    const asks = message.metadata?.asks || "";
    for (const group of this.#parts.log.querySelectorAll(".choices")) {
      if (asks && group.dataset.asks === asks) group.querySelector(".change").hidden = true;
    }
    const level = message.metadata?.level;
    const headed = level && level !== this.#level;
    if (headed) this.#level = level;
    this.#append(assistantNode(message, this.#words, this.getAttribute("region"), this.#acts, headed ? level : ""));
    if (message.buttons?.length) this.#append(choicesNode(message, this.#words, this.#acts));
  }

  #acts = {
    tap: (choice, asks) => this.#say(choice.payload, { shown: choice.title, ...this.#anew(asks) }),
    why: () => this.#say(SAYS.why, { shown: this.#words.why }),
    change: (group) => {
      this.#changing = group.dataset.asks;
      reopen(group);
    },
    print: printSummary,
    saveFhir,
  };

  // Tells the server that an earlier question is answered again.
  #anew(asks) {
    return asks && asks === this.#changing ? { answers: asks } : {};
  }

  #restore(messages) {
    this.#parts.log.replaceChildren();
    for (const message of messages) {
      if (message.from === "assistant") this.#show(message);
      else {
        this.#retire(message.text);
        this.#append(personNode(message.text, this.#words));
      }
    }
  }

  // What was said before a reload is not announced again.
  #quietly(change) {
    const { log } = this.#parts;
    log.setAttribute("aria-live", "off");
    change();
    setTimeout(() => log.removeAttribute("aria-live"), 200);
  }

  #wait(entry) {
    const node = this.#pending.get(entry.id) || personNode(entry.shown || entry.message, this.#words);
    this.#pending.set(entry.id, node);
    // Nor is it there when the talk before it has only now been put in.
    if (!node.isConnected) this.#append(node);
    note(node, "waiting", this.#words.waiting);
  }

  #forget() {
    const { input } = this.#parts;
    input.focus();
    return this.#talk.forget().then(
      (later) => this.#report({ notice: later ? this.#words.forgottenLater : this.#words.forgotten }),
      () => this.#report({ notice: this.#words.notForgotten }),
    );
  }

  #append(node) {
    this.#parts.log.append(node);
    this.#scroll();
    return node;
  }

  #scroll() {
    const { log } = this.#parts;
    log.scrollTop = log.scrollHeight;
  }
}

customElements.define("twitch-chat", TwitchChat);
