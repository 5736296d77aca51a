// Messages as nodes of the page. Text is only ever set as text, never read as HTML.

import { emergencyNumber, fill } from "./words.js";

// Drawn here, in a square of 24, since few fonts have such signs: a cross, a triangle with a bar, a calendar, a tick.
const ICONS = {
  emergency: "M9 2h6v7h7v6h-7v7H9v-7H2V9h7z",
  urgent: "M12 2 23 22H1zm-1.25 7v7h2.5V9zm0 8.5V20h2.5v-2.5z",
  see_doctor: "M6 1h3v3h6V1h3v3h4v19H2V4h4zM5 10v10h14V10z",
  self_care: "M9 16.2 4.8 12 2 14.8 9 22 22.5 6.5 19.7 4z",
};
const SVG = "http://www.w3.org/2000/svg";
// **strong**, *emphasis*, and addresses that a person may follow.
const MARKS = /\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*|\b(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|tel:\+?[\d-]+\d)/g;

export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

export function button(className, text, act) {
  const node = element("button", className, text);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

// The text with its emphasis and links.
export function richText(text) {
  const node = element("span", "text");
  let end = 0;
  for (const mark of text.matchAll(MARKS)) {
    node.append(text.slice(end, mark.index));
    if (mark[3]) node.append(link(mark[3]));
    else node.append(element(mark[1] ? "strong" : "em", "", mark[1] || mark[2]));
    end = mark.index + mark[0].length;
  }
  node.append(text.slice(end));
  return node;
}

function link(address) {
  const node = element("a", "", address.replace(/^tel:/, ""));
  node.href = address;
  if (!address.startsWith("tel:")) {
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}

export function personNode(text, words) {
  const node = element("div", "message person");
  const said = element("span", "text", text);
  said.dir = "auto";
  node.append(element("span", "hidden", words.you + " "), said);
  return node;
}

// What became of a message on its way, or nothing.
export function note(node, state, text) {
  if (!node) return;
  node.classList.remove("waiting", "failed");
  node.querySelector(".note")?.remove();
  if (state) {
    node.classList.add(state);
    node.append(element("span", "note", text));
  }
}

// `level` makes it a card of that level; `act` has: tap(choice, asks), why(), change(group), print(page), saveFhir(data).
export function assistantNode(message, words, region, act, level) {
  const data = message.metadata || {};
  const node = element("div", "message assistant");
  node.lang = "en";
  node.dir = "ltr";
  node.append(element("span", "hidden", words.assistant + " "));
  const card = Object.hasOwn(ICONS, level);
  if (card) {
    node.classList.add("card", level);
    node.append(heading(level, words));
  }
  node.append(richText(message.text));
  const number = level === "emergency" && emergencyNumber(region);
  if (number) {
    const call = element("a", "call", fill(words.call, { number }));
    call.href = `tel:${number}`;
    node.append(call);
  }
  const origin = originOf(data, words);
  if (origin) node.append(inOwnLanguage(element("span", "origin", origin), words));
  if (message.progress) {
    const [n, of] = message.progress;
    node.append(inOwnLanguage(element("span", "progress", fill(words.question, { n, of })), words));
  }
  const tools = toolsOf(message, data, words, act);
  if (tools) node.append(tools);
  return node;
}

function heading(level, words) {
  const node = inOwnLanguage(element("strong", "level"), words);
  node.append(icon(ICONS[level]), words[level]);
  return node;
}

function icon(outline) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", outline);
  path.setAttribute("fill-rule", "evenodd");
  drawing.append(path);
  return drawing;
}

function inOwnLanguage(node, words) {
  if (words.lang) {
    node.lang = words.lang;
    node.dir = words.dir;
  }
  return node;
}

function originOf(data, words) {
  const sections = [...new Set((data.facts || []).map((fact) => fact.split(".")[0]))].map((name) => words.sections[name] || name);
  if (sections.length) return fill(words.fromArticle, { sections: sections.join(", ") });
  return (data.signs || []).length || (data.sources || []).length ? words.fromSources : "";
}

function toolsOf(message, data, words, act) {
  const tools = inOwnLanguage(element("div", "tools"), words);
  if (data.asks) tools.append(button("tool why", words.why, () => act.why()));
  if (data.page) tools.append(button("tool", words.print, () => act.print(data.page)));
  if (data.fhir) tools.append(button("tool", words.fhir, () => act.saveFhir(data.fhir)));
  return tools.childNodes.length ? tools : null;
}

// The suggested answers below a message: real buttons, readable after use.
export function choicesNode(message, words, act) {
  const group = element("div", "choices");
  group.lang = "en";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.choices);
  const asks = (message.metadata || {}).asks;
  if (asks) group.dataset.asks = asks;
  for (const choice of message.buttons) group.append(button("choice", choice.title, () => act.tap(choice, asks)));
  if (asks) {
    const change = inOwnLanguage(button("tool change", words.change, () => act.change(group)), words);
    change.setAttribute("aria-label", fill(words.changeAbout, { question: message.text }));
    change.hidden = true;
    group.append(change);
  }
  return group;
}

// Close a group: what was chosen is marked, and an answered question can be changed.
export function retire(group, chosen = null) {
  for (const node of group.querySelectorAll(".choice")) {
    node.disabled = true;
    if (chosen !== null) node.classList.toggle("chosen", node.textContent === chosen);
  }
  const change = group.querySelector(".change");
  if (change) change.hidden = false;
}

export function reopen(group) {
  for (const node of group.querySelectorAll(".choice")) node.disabled = false;
  group.querySelector(".change").hidden = true;
  group.querySelector(".choice").focus();
}
