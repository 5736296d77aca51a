// What a person can take away: the talk as text, the summary on paper, and as a file for the practice. Nothing leaves the browser.

import { element } from "./messages.js";

function save(name, type, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function saveTalk(log) {
  const lines = [...log.querySelectorAll(".message")].map((node) => {
    const speaker = node.querySelector(".hidden").textContent;
    return speaker + node.querySelector(".text").textContent;
  });
  save("talk.txt", "text/plain;charset=utf-8", lines.join("\n\n") + "\n");
}

export function saveFhir(resource) {
  save("questionnaire-response.json", "application/fhir+json", JSON.stringify(resource, null, 2));
}

const PAPER = `
  body { font: 11pt/1.4 system-ui, sans-serif; margin: 2rem; color: #111; background: #fff; }
  h1 { font-size: 16pt; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0 0 0 1rem; }
  q { color: #333; } p { margin-top: 1.5rem; font-size: 9pt; }
`;

// One page of its own window, so that it prints alone wherever the widget is embedded.
export function printSummary(page) {
  const paper = window.open("", "_blank");
  if (!paper) return;
  const { document: sheet } = paper;
  const style = new paper.CSSStyleSheet();
  style.replaceSync(PAPER);
  sheet.adoptedStyleSheets = [style];
  sheet.documentElement.lang = "en";
  sheet.title = page.title;
  const list = element("dl");
  for (const { question, answer, words } of page.lines) {
    const told = element("dd", "", answer);
    if (words) told.append(" ", element("q", "", words));
    list.append(element("dt", "", question), told);
  }
  const main = element("main");
  main.append(element("h1", "", page.title), list, element("p", "", page.note));
  sheet.body.append(main);
  paper.focus();
  paper.print();
}
