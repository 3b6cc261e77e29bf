// The message box: completion of slash commands, code blocks, attached files, replies.

import { get } from "./server.js";

const $ = (id) => document.getElementById(id);
const box = $("box"), popup = $("completions"), chips = $("attachments"), replying = $("replying");
const BYTES = 1_900_000;
const SHOWN = 40;
const TITLED = new Set(["challenges", "questions", "exams"]); // groups whose titles are searched as well

let known = { commands: [], groups: {} };
let options = [];
let selected = -1;
let files = [];
let reply = null;

const learn = () => get("commands").then((answer) => { known = answer; }, () => {});

// What may come next, for the text before the caret: [{label, detail, insert, from}], and a heading.
function completionsFor(text) {
  if (!text.startsWith("/") || text.includes("\n") || text.includes("`")) return null;
  const typed = text.slice(1).replace(/\s+/g, " ").toLowerCase();
  const named = known.commands.filter((command) => typed.startsWith(`${command.name} `));
  const command = named.sort((a, b) => b.name.length - a.name.length)[0];
  const begun = known.commands.filter((one) => one.name.startsWith(typed) && one !== command);
  const whole = begun.map((one) => ({ label: one.usage, detail: one.summary, insert: `/${one.name} `, from: 0 }));
  if (!command) return whole.length ? { heading: "", options: whole } : null;
  const rest = text.slice(1).replace(/\s+/g, " ").slice(command.name.length);
  const words = rest.trimStart();
  const several = command.arguments.length > 1;
  const word = (several ? /\S*$/.exec(rest)[0] : words).toLowerCase();
  const used = several ? rest.toLowerCase().split(/\s+/).slice(0, -1) : [];
  const found = command.arguments.flatMap((group) => {
    const values = known.groups[group] ?? [];
    return values.some(([value]) => used.includes(value.toLowerCase())) ? [] : values;
  }).filter(([value, detail]) => value.toLowerCase() !== word
    && (value.toLowerCase().includes(word) || (detail.toLowerCase().includes(word) && TITLED.has(command.arguments[0]))));
  found.sort(([a], [b]) => b.toLowerCase().startsWith(word) - a.toLowerCase().startsWith(word));
  const values = found.slice(0, SHOWN).map(([value, detail]) => ({ label: value, detail, insert: `${value} `, from: text.length - word.length }));
  return { heading: `${command.usage} · ${command.summary}`, options: [...whole, ...values] };
}

function suggest() {
  const found = box.selectionStart === box.selectionEnd ? completionsFor(box.value.slice(0, box.selectionStart)) : null;
  options = found?.options ?? [];
  selected = found && !found.heading && options.length ? 0 : -1;
  popup.replaceChildren();
  if (found?.heading) {
    const heading = document.createElement("li");
    heading.className = "heading";
    heading.setAttribute("role", "presentation");
    heading.textContent = found.heading;
    popup.append(heading);
  }
  options.forEach((option, index) => {
    const item = document.createElement("li");
    item.id = `completion-${index}`;
    item.setAttribute("role", "option");
    const label = document.createElement("code"), detail = document.createElement("span");
    label.textContent = option.label;
    detail.textContent = option.detail;
    item.append(label, detail);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(index); });
    popup.append(item);
  });
  popup.hidden = !popup.childElementCount;
  highlight();
}

function highlight() {
  for (const item of popup.querySelectorAll("[role=option]")) {
    const on = item.id === `completion-${selected}`;
    item.setAttribute("aria-selected", on);
    if (on) item.scrollIntoView({ block: "nearest" });
  }
  if (selected >= 0) box.setAttribute("aria-activedescendant", `completion-${selected}`);
  else box.removeAttribute("aria-activedescendant");
}

function close() {
  popup.hidden = true;
  options = [];
  selected = -1;
  highlight();
}

function take(index) {
  const { insert, from } = options[index];
  box.setRangeText(insert, from, box.selectionStart, "end");
  box.focus();
  grow();
  suggest();
}

const openFence = () => ((box.value.slice(0, box.selectionStart).match(/```/g) ?? []).length % 2) === 1;

function grow() {
  box.classList.toggle("code", box.value.includes("```"));
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function drawFiles() {
  chips.replaceChildren(...files.map((file, index) => {
    const item = document.createElement("li"), remove = document.createElement("button");
    item.textContent = file.name;
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => { files.splice(index, 1); drawFiles(); box.focus(); });
    item.append(remove);
    return item;
  }));
  chips.hidden = !files.length;
}

// A file as the server takes it: its text, or, when it is none, its bytes in base 64.
async function read(file) {
  const bytes = await file.arrayBuffer();
  try {
    return { name: file.name, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.readAsDataURL(new Blob([bytes]));
    });
    return { name: file.name, base64: url.slice(url.indexOf(",") + 1) };
  }
}

export function startComposer({ say, complain }) {
  async function attach(chosen) {
    const bytes = [...chosen].reduce((sum, file) => sum + file.size, 0);
    if (bytes > BYTES) return complain("That is far more than a solution needs: attach less than 1.9 MB in all.");
    for (const file of chosen) files.push(await read(file));
    drawFiles();
    box.focus();
  }

  async function send() {
    const message = { text: box.value, files };
    if (!message.text.trim() && !files.length) return;
    if (new Blob([message.text]).size > BYTES) return complain("That is far more than a solution needs: nothing was sent.");
    if (reply) message.reply_to = reply;
    const before = { text: box.value, files, reply, name: replying.firstElementChild.dataset.name };
    box.value = "";
    files = [];
    drawFiles();
    cancelReply();
    close();
    grow();
    if (await say(message)) return void learn();
    box.value = before.text;
    files = before.files;
    if (before.reply) replyTo(before.reply, before.name);
    drawFiles();
    grow();
  }

  function replyTo(id, name) {
    reply = id;
    replying.firstElementChild.textContent = `Replying to ${name}`;
    replying.firstElementChild.dataset.name = name;
    replying.hidden = false;
    box.focus();
  }

  function cancelReply() {
    reply = null;
    replying.hidden = true;
  }

  // A long paste fires an event for every line: look at the box once for each picture drawn.
  let frame = 0;
  function look() {
    cancelAnimationFrame(frame);
    frame = 0;
    grow();
    suggest();
  }

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (frame) look();
    const open = !popup.hidden && options.length;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      selected = selected < 0 ? (step > 0 ? 0 : options.length - 1) : (selected + step + options.length) % options.length;
      return highlight();
    }
    if (open && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      return take(Math.max(selected, 0));
    }
    if (event.key === "Escape") {
      if (!popup.hidden) { event.preventDefault(); return close(); }
      if (reply) cancelReply();
    }
    if (event.key === "Enter" && !event.shiftKey) {
      const complete = known.commands.some((command) => `/${command.name}` === box.value.trim().toLowerCase());
      if (open && selected >= 0 && !complete) { event.preventDefault(); return take(selected); }
      if (openFence()) return;
      event.preventDefault();
      send();
    }
  });
  box.addEventListener("input", () => { frame ||= requestAnimationFrame(look); });
  box.addEventListener("click", suggest);
  box.addEventListener("blur", close);
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); box.focus(); });
  $("files").addEventListener("change", (event) => attach(event.target.files).then(() => { event.target.value = ""; }));
  box.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); attach(event.clipboardData.files); }
  });
  const main = document.querySelector("main");
  main.addEventListener("dragover", (event) => { event.preventDefault(); main.classList.add("dropping"); });
  main.addEventListener("dragleave", () => main.classList.remove("dropping"));
  main.addEventListener("drop", (event) => { event.preventDefault(); main.classList.remove("dropping"); attach(event.dataTransfer.files); });
  replying.querySelector("button").addEventListener("click", () => { cancelReply(); box.focus(); });
  learn();
  grow();
  return { replyTo };
}
