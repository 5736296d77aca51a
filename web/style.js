// The look of the page and the widget. A constructed sheet needs no style-src of the page that embeds it.

const CSS = `
:host {
  --page: #f4f6f8; --card: #fff; --ink: #16202b; --soft: #4e5b68; --mine: #0b5cad; --mine-ink: #fff;
  --line: #c9d2da; --emergency: #b3151f; --urgent: #8f4200; --doctor: #6a5200; --care: #1d6b35;
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :host {
    --page: #12181e; --card: #1d262f; --ink: #e8edf2; --soft: #a9b6c2; --mine: #8cc3ff; --mine-ink: #0b1a29;
    --line: #3b4955; --emergency: #ff9a9f; --urgent: #ffb877; --doctor: #ead07a; --care: #8fdca6;
  }
}
:host([mode="page"]) { display: block; height: 100vh; height: 100dvh; background: var(--page); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.panel { display: flex; flex-direction: column; background: var(--page); }
:host([mode="page"]) .panel { height: 100%; max-width: 46rem; margin: 0 auto; padding: 0 1rem; }
:host(:not([mode="page"])) .panel {
  position: fixed; z-index: 2147483000; inset-block-end: 5rem; inset-inline-end: 1rem; width: 25rem; height: min(42rem, calc(100vh - 6rem));
  max-width: calc(100vw - 2rem); padding: 0 .75rem; border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 .5rem 2rem rgb(0 0 0 / .3);
}
@media (max-width: 30rem), (max-height: 30rem) {
  :host(:not([mode="page"])) .panel { inset: 0; width: auto; height: auto; max-width: none; border-radius: 0; border: 0; }
}
.launcher {
  position: fixed; z-index: 2147482999; inset-block-end: 1rem; inset-inline-end: 1rem; padding: .75rem 1.25rem; font-weight: 600;
  background: var(--mine); color: var(--mine-ink); box-shadow: 0 .25rem 1rem rgb(0 0 0 / .3);
}

header { position: relative; display: flex; gap: .5rem; align-items: flex-start; padding: .75rem 0; border-bottom: 1px solid var(--line); }
.titles { flex: 1; min-width: 0; }
h1, h2 { font-size: 1.2rem; line-height: 1.3; margin: 0; }
header p { margin: 0; color: var(--soft); font-size: .9rem; }
.icon { width: 2.75rem; padding: 0; }
.menu {
  position: absolute; z-index: 1; inset-block-start: 100%; inset-inline-end: 0; display: grid; gap: .25rem; padding: .5rem;
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem; box-shadow: 0 .5rem 1.5rem rgb(0 0 0 / .3);
}
.entry { text-align: start; border: 0; border-radius: .5rem; }

.log { position: relative; flex: 1; min-height: 0; overflow-y: auto; padding: 1rem .25rem; overscroll-behavior: contain; }
.message {
  position: relative; width: fit-content; max-width: 88%; margin: 0 0 .5rem; padding: .6rem .9rem; border-radius: 1rem;
  background: var(--card); border: 1px solid var(--line); overflow-wrap: anywhere;
}
.text { white-space: pre-line; unicode-bidi: plaintext; }
.person { margin-inline-start: auto; background: var(--mine); color: var(--mine-ink); border-color: var(--mine); }
.person.waiting, .person.failed { background: var(--card); color: var(--ink); border-style: dashed; }
.note { display: block; font-size: .85rem; color: var(--soft); }
.card .level { display: flex; gap: .4rem; align-items: center; font-size: 1.1rem; }
.level svg { width: 1.25rem; height: 1.25rem; flex: none; fill: currentColor; }
.emergency { border: 3px solid var(--emergency); } .emergency .level { color: var(--emergency); }
.urgent { border: 2px solid var(--urgent); } .urgent .level { color: var(--urgent); }
.see_doctor { border: 2px solid var(--doctor); } .see_doctor .level { color: var(--doctor); }
.self_care { border: 2px solid var(--care); } .self_care .level { color: var(--care); }
.call {
  display: block; width: fit-content; margin-top: .5rem; padding: .6rem 1.25rem; border-radius: 1.5rem; font-weight: 700; text-decoration: none;
  background: var(--emergency); color: var(--card);
}
.origin, .progress { display: block; margin-top: .3rem; color: var(--soft); font-size: .85rem; }
.tools { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .25rem; }
.choices { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; }
a { color: var(--mine); }

button {
  min-height: 2.5rem; padding: .4rem .9rem; border: 1px solid var(--mine); border-radius: 1.25rem; background: var(--card); color: var(--mine);
  font: inherit; cursor: pointer;
}
button:hover:enabled { text-decoration: underline; }
button:disabled { color: var(--soft); border-color: var(--line); cursor: default; }
.chosen:disabled { color: var(--ink); border-color: var(--ink); font-weight: 600; }
.chosen::before { content: "✓ "; }
.tool { min-height: 1.75rem; padding: 0; border: 0; background: none; text-decoration: underline; font-size: .9rem; }
.send { background: var(--mine); color: var(--mine-ink); }
:focus-visible { outline: 3px solid var(--mine); outline-offset: 2px; }
.status { margin: 0; min-height: 1.5rem; color: var(--soft); font-size: .9rem; }

form { display: flex; gap: .5rem; align-items: flex-end; padding: .5rem 0 1rem; border-top: 1px solid var(--line); }
textarea {
  flex: 1; min-width: 0; min-height: 2.75rem; max-height: 9rem; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: 1.25rem;
  background: var(--card); color: var(--ink); font: inherit; resize: none; field-sizing: content;
}
.ask { max-width: 22rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); color: var(--ink); }
.ask::backdrop { background: rgb(0 0 0 / .5); }
.ask p { margin-top: 0; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; }
.delete { border-color: var(--emergency); color: var(--emergency); }
@media (prefers-reduced-motion: no-preference) { .log { scroll-behavior: smooth; } }
@media (forced-colors: active) { .message, button { border: 1px solid; } }
`;

export function sheet() {
  const made = new CSSStyleSheet();
  made.replaceSync(CSS);
  return made;
}
