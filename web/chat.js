// The chat page: sends what is typed or tapped, shows what comes back. Text is only ever set as text, never as HTML.

const log = document.getElementById("log");
const form = document.getElementById("form");
const input = document.getElementById("text");
const busy = document.getElementById("busy");

const LEVELS = {
  emergency: "⛑ Emergency",
  urgent: "⚠ Get advice today",
  see_doctor: "🗓 See a doctor",
  self_care: "✓ Look after it yourself",
};
const FROM_ARTICLE = "From the article";
const FROM_SOURCES = "From named health sources";
const FAILED = "That did not go through. Please try again. If you feel very unwell, call your local emergency number.";

let session = null;
// One message at a time, in the order they were sent.
let queue = Promise.resolve();

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function show(node) {
  log.append(node);
  node.scrollIntoView({ block: "end" });
}

// Where Rasa puts the metadata of a domain response, or at its top.
function metadataOf(reply) {
  const data = reply.metadata || {};
  return data.metadata || data;
}

function showReply(reply) {
  const data = metadataOf(reply);
  const node = element("div", "message");
  if (data.level in LEVELS) {
    node.classList.add(data.level);
    node.append(element("strong", "level", LEVELS[data.level]));
  }
  node.append(element("span", "", reply.text));
  const origin = (data.facts || []).length ? FROM_ARTICLE : (data.signs || []).length ? FROM_SOURCES : "";
  if (origin) node.append(element("span", "origin", origin));
  show(node);
  if (reply.buttons) showChoices(reply.buttons);
}

function showChoices(buttons) {
  const group = element("div", "choices");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Suggested answers");
  for (const choice of buttons) {
    const button = element("button", "", choice.title);
    button.type = "button";
    button.addEventListener("click", () => send(choice.payload, choice.title));
    group.append(button);
  }
  show(group);
}

function retireChoices() {
  for (const button of log.querySelectorAll(".choices button")) button.disabled = true;
}

async function call(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function exchange(path, body, mine) {
  busy.hidden = false;
  try {
    const answer = await call(path, body);
    if (answer.session) session = answer.session;
    answer.replies.forEach(showReply);
  } catch {
    if (mine) mine.classList.add("failed");
    show(element("div", "message", FAILED));
  } finally {
    busy.hidden = true;
  }
}

function open() {
  return exchange("/webhooks/web/session", {});
}

function send(text, shown) {
  const mine = element("div", "message mine", shown || text);
  retireChoices();
  show(mine);
  queue = queue.then(async () => {
    if (!session) await open();
    await exchange("/webhooks/web/message", { session, message: text }, mine);
  });
  input.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  send(text);
});

queue = open();
input.focus();
