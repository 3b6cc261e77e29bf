// The dialog to write code in: a plain text box over its own highlighted copy, so that every key,
// every assistive tool and every undo works as in any text box.

const dialog = document.getElementById("editor");
const part = (selector) => dialog.querySelector(selector);
const area = part("textarea"), copy = part("pre code"), numbers = part(".numbers"), tabs = part(".file-tabs"), problem = part("#editor-problem");
const HIGHLIGHTED = 40_000;

const PYTHON = new RegExp([
  "(?<c>#.*)",
  "(?<s>[rbfuRBFU]{0,2}(?:\"\"\"[^]*?(?:\"\"\"|$)|'''[^]*?(?:'''|$)|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?))",
  "(?<nd>^[ \\t]*@[\\w.]+)",
  "(?<nf>(?<=\\b(?:def|class)\\s+)\\w+)",
  "(?<k>\\b(?:and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield|None|True|False)\\b)",
  "(?<nb>\\b(?:abs|all|any|bool|bytes|dict|divmod|enumerate|filter|float|frozenset|getattr|hash|input|int|isinstance|iter|len|list|map|max|min|next|object|open|ord|chr|pow|print|property|range|repr|reversed|round|set|setattr|sorted|str|sum|super|tuple|type|zip)\\b(?=\\())",
  "(?<m>\\b\\d[\\w.]*)",
].join("|"), "gm");
const SQL = new RegExp([
  "(?<c>--.*|/\\*[^]*?(?:\\*/|$))",
  "(?<s>'(?:''|[^'])*'?)",
  "(?<k>\\b(?:all|alter|and|as|asc|between|by|case|create|cross|delete|desc|distinct|drop|else|end|except|exists|from|full|group|having|in|inner|insert|intersect|into|is|join|left|like|limit|not|null|offset|on|or|order|outer|over|partition|primary|key|right|select|set|table|then|union|update|using|values|when|where|with)\\b)",
  "(?<m>\\b\\d[\\d.]*)",
].join("|"), "gim");

const escape = (text) => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);

function highlighted(text, name) {
  if (text.length > HIGHLIGHTED || !/\.(py|sql)$/.test(name)) return escape(text);
  let html = "", from = 0;
  for (const match of text.matchAll(name.endsWith(".sql") ? SQL : PYTHON)) {
    const kind = Object.keys(match.groups).find((group) => match.groups[group] !== undefined);
    html += `${escape(text.slice(from, match.index))}<span class="${kind}">${escape(match[0])}</span>`;
    from = match.index + match[0].length;
  }
  return html + escape(text.slice(from));
}

let files = [], starter = [], current = 0, keepTab = true, draftKey = "", submit = null;

function draw() {
  const file = files[current];
  // An empty last line has no height of its own.
  copy.innerHTML = `${highlighted(file.text, file.name)}\n`;
  const lines = file.text.split("\n").length;
  numbers.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
}

function choose(index, focus = area) {
  current = index;
  area.value = files[index].text;
  area.setAttribute("aria-label", files.length > 1 ? `Code: ${files[index].name}` : "Code");
  [...tabs.children].forEach((tab, at) => {
    tab.setAttribute("aria-selected", at === index);
    tab.tabIndex = at === index ? 0 : -1;
  });
  draw();
  focus?.focus();
  area.setSelectionRange(0, 0);
  part(".editor").scrollTo(0, 0);
}

function remember() {
  try {
    localStorage.setItem(draftKey, JSON.stringify(files));
  } catch { /* private windows have no storage: the draft lives as long as the dialog */ }
}

function recalled(fresh) {
  try {
    const draft = JSON.parse(localStorage.getItem(draftKey));
    const same = draft.length === fresh.length && draft.every((file, index) => file.name === fresh[index].name && typeof file.text === "string");
    return same ? draft : null;
  } catch {
    return null;
  }
}

function drawTabs() {
  tabs.hidden = files.length < 2;
  tabs.replaceChildren(...files.map((file, index) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "editor-panel");
    tab.textContent = file.name;
    tab.addEventListener("click", () => choose(index));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { const to = (index + step + files.length) % files.length; choose(to, tabs.children[to]); }
    });
    return tab;
  }));
}

// Types as a person would, so that undo takes it back.
function type(text) {
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input"));
  }
}

area.addEventListener("input", () => {
  files[current].text = area.value;
  draw();
  remember();
});

area.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const before = area.value.slice(0, area.selectionStart);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (event.key === "Escape" && keepTab) {
    event.preventDefault();
    event.stopPropagation();
    keepTab = false;
    part("#editor-help").textContent = "Tab now moves on; Esc closes. Typing makes Tab indent again.";
  } else if (event.key === "Tab" && keepTab && !event.shiftKey && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    type(" ".repeat(4 - (line.length % 4)));
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    part("#editor-submit").click();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const indent = /^[ \t]*/.exec(line)[0];
    type(`\n${indent}${/:\s*(#.*)?$/.test(line) ? "    " : ""}`);
  } else if (event.key === "Backspace" && area.selectionStart === area.selectionEnd && /^ +$/.test(line) && line.length % 4 === 0) {
    event.preventDefault();
    area.setSelectionRange(before.length - 4, before.length);
    document.execCommand("delete");
  } else if (event.key.length === 1) {
    keepTab = true;
  }
});

part("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = part("#editor-submit");
  button.disabled = true;
  problem.textContent = "";
  try {
    await submit();
    dialog.close();
  } catch (error) {
    problem.textContent = error.message;
  } finally {
    button.disabled = false;
  }
});
part("#editor-reset").addEventListener("click", () => { files = starter.map((file) => ({ ...file })); choose(0); remember(); });
for (const button of ["#editor-cancel", "#editor-close"]) part(button).addEventListener("click", () => dialog.close());

// Opens the dialog for {challenge, title, language, files}; `act` sends the code.
export async function openEditor(editor, act) {
  draftKey = `draft:${document.body.dataset.me}:${editor.challenge}`;
  starter = editor.files;
  files = recalled(starter) ?? starter.map((file) => ({ ...file }));
  keepTab = true;
  problem.textContent = "";
  part("#editor-help").innerHTML = "<kbd>Tab</kbd> indents; press <kbd>Esc</kbd> first to move on with it. <kbd>Ctrl</kbd>+<kbd>Enter</kbd> submits.";
  part("#editor-challenge").textContent = editor.title;
  submit = () => act("submissions", { challenge: editor.challenge, files });
  drawTabs();
  dialog.showModal();
  choose(0);
}
