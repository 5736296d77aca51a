// One talk with the server: its session, what waits to be sent, and what to do when the connection is gone. Knows nothing of the page.

const PATIENCE = 20000;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000];
// Answers that another try can mend: a page that the operator has not allowed yet, too slow, too fast, or the server's own trouble.
// A 403 without our words is a proxy's, of this one message; the next must go out.
const TRY_AGAIN = ({ status, says }) => (status === 403 && says) || [408, TOO_FAST].includes(status) || status >= 500;
const UNKNOWN_SESSION = 401;
const TOO_FAST = 429;

// What the server answered instead: its status, its `error`, and after how many milliseconds to come back (docs/web-api.md).
class Refused extends Error {
  constructor(status, says, wait) {
    super(String(status));
    Object.assign(this, { status, says, wait });
  }
}

// `listener` has: restored(messages), replies(messages), waiting(message), sent(id), failed(id), busy(yes), connected(yes, problem).
export class Talk {
  #server;
  #listener;
  #key;
  #session = null;
  #outbox = [];
  #begun = false;
  #restored = false;
  #reopenedFor = "";
  #working = false;
  #misses = 0;
  #timer = 0;

  constructor(server, listener) {
    this.#server = server;
    this.#listener = listener;
    this.#key = `twitch-chat ${server}`;
    ({ session: this.#session = null, outbox: this.#outbox = [] } = this.#load());
    globalThis.addEventListener("online", () => this.#begun && this.#work());
  }

  // Bring back the talk of this tab, or open a new one.
  begin() {
    if (this.#begun) return;
    this.#begun = true;
    this.#work();
  }

  // Send a message once, however often the connection breaks; `about` may have `shown` and `answers` (docs/web-api.md).
  say(message, about = {}) {
    const entry = { id: crypto.randomUUID ? crypto.randomUUID() : randomId(), message, ...about };
    this.#outbox.push(entry);
    this.#save();
    this.#work();
    return entry.id;
  }

  // Delete the talk on the server, then here; gives whether the server does it later. Rejects when the server could not be asked.
  async forget() {
    const answer = this.#session ? await this.#call("delete", { session: this.#session }) : {};
    this.#session = null;
    this.#outbox = [];
    this.#save();
    this.#listener.restored([]);
    this.#restored = false;
    await this.#work();
    return answer.deleted === null;
  }

  async #work() {
    if (this.#working) return;
    this.#working = true;
    clearTimeout(this.#timer);
    try {
      this.#listener.busy(true);
      if (!this.#restored) await this.#restore();
      while (this.#outbox.length) await this.#send(this.#outbox[0]);
      this.#misses = 0;
      this.#listener.connected(true);
    } catch (problem) {
      this.#outbox.forEach((entry) => this.#listener.waiting(entry));
      this.#listener.connected(false, problem);
      const pause = PAUSES[Math.min(this.#misses++, PAUSES.length - 1)];
      // Only our own pacing knows how long; a proxy's maintenance page may say an hour.
      this.#timer = setTimeout(() => this.#work(), (problem.status === TOO_FAST && problem.wait) || pause);
    } finally {
      this.#working = false;
      this.#listener.busy(false);
    }
  }

  async #restore() {
    if (this.#session) {
      const held = await this.#call("history", { session: this.#session }).catch((problem) => {
        if (problem.status === UNKNOWN_SESSION) return { messages: [] };
        // Without its database the server answers from memory; the talk comes back with a later message.
        if (problem.status >= 500 && this.#outbox.length) return null;
        throw problem;
      });
      if (!held) return;
      if (held.messages.length) {
        const known = new Set(held.messages.map((message) => message.id));
        this.#outbox = this.#outbox.filter((entry) => !known.has(entry.id));
        this.#listener.restored(held.messages);
        this.#outbox.forEach((entry) => this.#listener.waiting(entry));
        this.#restored = true;
        return;
      }
    }
    await this.#open();
    this.#restored = true;
  }

  async #open() {
    const { session, messages } = await this.#call("session", {});
    this.#session = session;
    this.#save();
    this.#listener.replies(messages);
  }

  async #send(entry) {
    let answer;
    try {
      answer = await this.#call("message", { session: this.#session, ...entry });
    } catch (problem) {
      if (problem.status === UNKNOWN_SESSION && this.#reopenedFor !== entry.id) {
        this.#reopenedFor = entry.id;
        return this.#open();
      }
      if (!problem.status || TRY_AGAIN(problem)) throw problem;
      this.#outbox.shift();
      this.#listener.failed(entry.id);
      return this.#save();
    }
    this.#outbox.shift();
    this.#save();
    this.#listener.sent(entry.id);
    this.#listener.replies(answer.messages);
  }

  async #call(name, body) {
    const answer = await fetch(`${this.#server}/webhooks/web/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) {
      // A proxy's own refusal is no JSON.
      const said = await answer.json().catch(() => null);
      throw new Refused(answer.status, said?.error || "", Number(answer.headers.get("Retry-After")) * 1000);
    }
    return answer.json();
  }

  // A tab's own storage: the talk survives a reload, and is gone with the tab. Some browsers forbid even that.
  #load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key)) || {};
    } catch {
      return {};
    }
  }

  #save() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ session: this.#session, outbox: this.#outbox }));
    } catch {
      // Without storage the talk lives as long as the page.
    }
  }
}

// Pages without https have no randomUUID.
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
