// The channel: shows messages as they come, and does what the buttons on the cards say.

import { startComposer } from "./composer.js";
import { openEditor } from "./editor.js";
import { openForm } from "./forms.js";
import { follow, get, post } from "./server.js";

const $ = (id) => document.getElementById(id);
const list = $("messages"), scroller = $("scroller"), announcer = $("announcer"), newest = $("newest");
const me = document.body.dataset.me;
const LETTERS = "ABCDEFGHIJ";
let sending = 0;
let held = [];

// --- showing ---------------------------------------------------------------------------------------------

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

function localTimes(root) {
  const today = day.format(new Date());
  for (const time of root.querySelectorAll("time")) {
    const date = new Date(time.dateTime);
    const on = day.format(date);
    time.textContent = on === today ? clock.format(date) : `${on}, ${clock.format(date)}`;
    time.title = whole.format(date);
  }
}

function separateDays() {
  for (const line of list.querySelectorAll(".day")) line.remove();
  const today = day.format(new Date());
  let before = "";
  for (const item of list.querySelectorAll(".message")) {
    const time = item.querySelector("header time");
    const on = time ? day.format(new Date(time.dateTime)) : before || today;
    if (on !== before) {
      const line = document.createElement("li");
      line.className = "day";
      line.textContent = on === today ? "Today" : on;
      item.before(line);
    }
    before = on;
  }
}

// Marks on a question what this person has answered, as their private replies tell.
function markAnswered(root) {
  for (const answer of root.querySelectorAll("[data-answered]")) {
    for (const question of list.querySelectorAll(`[data-posting="${answer.dataset.answered}"]`)) mark(question, answer);
  }
  for (const question of root.querySelectorAll("[data-posting]")) {
    const answer = list.querySelector(`[data-answered="${question.dataset.posting}"]`);
    if (answer) mark(question, answer);
  }
}

function mark(question, answer) {
  const letters = answer.dataset.letters.split(" ");
  question.classList.add("done");
  for (const button of question.querySelectorAll("[data-letter]")) {
    const chosen = letters.includes(button.dataset.letter);
    button.closest("li").classList.toggle("picked", chosen);
    button.setAttribute("aria-pressed", chosen);
  }
  const right = answer.dataset.correct === "true";
  question.querySelector("[data-status]").textContent =
    `You answered${letters[0] ? ` ${letters.join(", ")}` : ""}: ${right ? "right" : "not right"}.`;
}

const atBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
const toBottom = () => { scroller.scrollTop = scroller.scrollHeight; newest.hidden = true; };

// Shows a message from its beginning: the bottom of the channel, unless it is taller than the window.
function reveal(item) {
  toBottom();
  const { top, bottom } = item.getBoundingClientRect();
  const window = scroller.getBoundingClientRect();
  if (top < window.top || bottom < window.top) item.scrollIntoView({ block: "start" });
}

function build(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // made by our own server, which escapes everything that people wrote
  const item = template.content.firstElementChild;
  localTimes(item);
  return item;
}

// Tells those who listen what came, and then is silent again, so that it is not read twice.
let silence = 0;
function announce(text) {
  announcer.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { announcer.textContent = ""; }, 1500);
}

// Puts messages where they belong by id; a newer revision replaces what is there and keeps the focus.
function show(messages, { own = false } = {}) {
  const stick = own || atBottom();
  let last = null;
  for (const { id, revision, html } of messages) {
    const old = $(`message-${id}`);
    if (old && Number(old.dataset.revision) >= revision) {
      if (own) last = old; // said before: show where
      continue;
    }
    const item = build(html);
    if (old?.dataset.kind === "question" && item.dataset.kind === "question") {
      // Only the count changes: what somebody is choosing or typing right now stays.
      old.querySelector(".foot").replaceWith(item.querySelector(".foot"));
      old.dataset.revision = revision;
      continue;
    }
    if (old) {
      const focused = old.contains(document.activeElement)
        ? { action: document.activeElement.dataset.action, text: document.activeElement.textContent } : null;
      old.replaceWith(item);
      if (focused) {
        const twin = [...item.querySelectorAll("button:enabled")].find(
          (button) => button.dataset.action === focused.action && button.textContent === focused.text);
        (twin ?? item.querySelector("article")).focus({ preventScroll: true });
      }
    } else {
      const later = [...list.querySelectorAll(".message[data-id]")].find((other) => Number(other.dataset.id) > id);
      const next = later ?? list.querySelector(".pending");
      if (next) next.before(item); else list.append(item);
      item.classList.add("arrived");
    }
    last = item;
    markAnswered(item);
    announce(`${item.dataset.author}: ${item.dataset.summary}`);
  }
  separateDays();
  if (last && stick) reveal(last); else if (last) newest.hidden = false;
}

// A notice that only this page knows of: what could not be sent, and why.
function complain(text) {
  const item = document.createElement("li");
  item.className = "message private local";
  item.innerHTML = '<article><span class="avatar" aria-hidden="true"></span><div class="body"><div class="notice refused"><div></div></div></div></article>';
  item.querySelector(".notice div").textContent = text;
  list.append(item);
  announce(text);
  toBottom();
}

// --- doing -----------------------------------------------------------------------------------------------

// Sends an event and shows what comes of it. Changes that arrive meanwhile wait, so that nothing shows twice.
async function act(path, event) {
  sending += 1;
  try {
    const answer = await post(path, event);
    if (answer.stale) location.reload();
    show(answer.messages, { own: true });
    if (answer.editor) await openEditor(answer.editor, act);
    return answer;
  } finally {
    sending -= 1;
    if (!sending) show(held.splice(0));
  }
}

async function perform(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    complain(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function chooseLetter(button) {
  const question = button.closest("[data-posting]");
  const posting = Number(question.dataset.posting);
  if (!question.hasAttribute("data-several")) {
    return perform(question, () => act("answers", { posting, message: messageOf(button), letters: [button.dataset.letter] }));
  }
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  button.closest("li").classList.toggle("picked", button.getAttribute("aria-pressed") === "true");
  const letters = chosenLetters(question);
  const confirm = question.querySelector("[data-action=confirm]");
  confirm.disabled = !letters.length;
  confirm.textContent = letters.length ? `Confirm ${letters.join(", ")}` : "Confirm";
}

const messageOf = (element) => Number(element.closest(".message").dataset.id);

const chosenLetters = (question) =>
  [...question.querySelectorAll('[data-letter][aria-pressed="true"]')].map((button) => button.dataset.letter);

const actions = {
  confirm: (button) => {
    const question = button.closest("[data-posting]");
    return act("answers", { posting: Number(question.dataset.posting), message: messageOf(button), letters: chosenLetters(question) });
  },
  hint: (button) => act("hints", { challenge: button.dataset.challenge }),
  submit: async (button) => {
    const answer = await get("editor", { challenge: button.dataset.challenge, event: crypto.getRandomValues(new Uint32Array(2)).join("-") });
    show(answer.messages, { own: true });
    if (answer.editor) await openEditor(answer.editor, act);
  },
  leaderboard: (button) =>
    act("turns", { message: messageOf(button), period: button.dataset.period, scope: button.dataset.scope, topic: button.dataset.topic, page: Number(button.dataset.page) }),
  press: async (button) => {
    const event = { message: messageOf(button), press: button.dataset.press };
    if (!("asks" in button.dataset)) return void await act("presses", event);
    const { form } = await act("forms", { press: event.press });
    if (form) openForm(form, async (values) => (await act("presses", { ...event, values })).problem);
  },
  run: (button) => act("messages", { text: button.dataset.command }),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.letter) return void chooseLetter(button);
  if (button?.dataset.action) return void perform(button, () => actions[button.dataset.action](button));
  if (button?.dataset.reply) return void composer.replyTo(Number(button.dataset.reply), button.dataset.replyName);
  // A click on an option's text is a click on its letter, unless somebody is selecting or following a link.
  const option = event.target.closest(".choices li");
  if (option && !button && !event.target.closest("a") && !String(getSelection())) option.querySelector("button:enabled")?.click();
});

list.addEventListener("submit", (event) => {
  if (event.target.dataset.action !== "typed") return;
  event.preventDefault();
  const form = event.target;
  perform(form, () => act("answers", { posting: Number(form.closest("[data-posting]").dataset.posting), message: messageOf(form), typed: form.elements.typed.value }));
});

// A letter key answers the question that has the focus.
list.addEventListener("keydown", (event) => {
  const letter = event.key.toUpperCase();
  if (!LETTERS.includes(letter) || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
  const button = event.target.closest("[data-posting]")?.querySelector(`[data-letter="${letter}"]:enabled`);
  if (button) { event.preventDefault(); button.focus(); button.click(); }
});

// A number key presses that button of the panel that has the focus.
list.addEventListener("keydown", (event) => {
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
  const panel = event.target.closest(".message")?.querySelector(".panel");
  const button = panel?.querySelectorAll('[data-action="press"]')[Number(event.key) - 1];
  if (button && !button.disabled) { event.preventDefault(); button.focus(); button.click(); }
});

// Sends a message and shows it at once; what the server made of it takes its place.
async function say(message) {
  const pending = document.createElement("li");
  pending.className = "message pending";
  pending.innerHTML = '<article><span class="avatar" aria-hidden="true"></span><header><h2></h2></header><div class="body"></div></article>';
  const avatar = document.querySelector(".as .avatar");
  pending.querySelector(".avatar").className = avatar.className.replace("small", "");
  pending.querySelector(".avatar").textContent = avatar.textContent;
  pending.querySelector("h2").textContent = document.body.dataset.myName;
  pending.querySelector(".body").textContent =
    message.text.slice(0, 2000) + (message.files.length ? `\n📎 ${message.files.map((file) => file.name).join(", ")}` : "");
  list.append(pending);
  toBottom();
  try {
    await act("messages", message);
    return true;
  } catch (error) {
    complain(error.message);
    return false;
  } finally {
    pending.remove();
  }
}

// --- the frame -------------------------------------------------------------------------------------------

const composer = startComposer({ say, complain });

newest.addEventListener("click", toBottom);
scroller.addEventListener("scroll", () => { if (atBottom()) newest.hidden = true; });

$("earlier").addEventListener("click", (event) => perform(event.target, async () => {
  const first = list.querySelector(".message[data-id]");
  const height = scroller.scrollHeight;
  const answer = await get("earlier", { before: first.dataset.id });
  const top = scroller.scrollTop;
  for (const { html } of answer.messages) list.querySelector(`#${first.id}`).before(build(html));
  markAnswered(list);
  separateDays();
  $("earlier").hidden = !answer.more;
  scroller.scrollTop = top + scroller.scrollHeight - height;
  first.querySelector("article").focus({ preventScroll: true });
}));

$("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  document.cookie = `warmup_theme=${dark ? "light" : "dark"}; path=/; max-age=31536000; samesite=strict`;
});

const side = $("side"), menu = $("menu");
function toggleMenu(open) {
  side.classList.toggle("open", open);
  menu.setAttribute("aria-expanded", open);
  (open ? side.querySelector("a, button") : menu).focus();
}
menu.addEventListener("click", () => toggleMenu(!side.classList.contains("open")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && side.classList.contains("open")) toggleMenu(false); });
document.querySelector("main").addEventListener("click", (event) => {
  if (side.classList.contains("open") && !event.target.closest("#menu")) toggleMenu(false);
});

localTimes(document);
separateDays();
markAnswered(list);
if (!("newcomer" in document.body.dataset)) toBottom(); // somebody new begins with the welcome and today's question
follow((message) => { if (sending) held.push(message); else show([message]); }, (connected) => { $("connection").hidden = connected; });
document.documentElement.dataset.ready = me;
