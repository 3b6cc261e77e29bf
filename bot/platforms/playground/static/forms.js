// The dialog of a form: inputs as the server names them; it stays open until what was sent is taken.

const dialog = document.getElementById("form");
const fields = document.getElementById("form-fields"), problem = document.getElementById("form-problem");
const FEW = 6;
let send = null;

function make(name, attributes = {}, ...children) {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
}

function described(field, input) {
  if (!input.hint) return;
  const hint = make("p", { id: `hint-${input.name}`, className: "muted", textContent: input.hint });
  field.append(hint);
  for (const control of field.querySelectorAll("input, textarea, select")) control.setAttribute("aria-describedby", hint.id);
}

// Choices: a few are shown at once as boxes to tick, many as a list to open.
function choiceField(input) {
  const chosen = input.several ? input.value.split(",") : [input.value];
  if (!input.several && input.choices.length > FEW) {
    const select = make("select", { name: input.name, required: input.required });
    if (!chosen[0]) select.append(make("option", { value: "", textContent: "Choose…" }));
    for (const [value, label] of input.choices) select.append(make("option", { value, textContent: label, selected: value === chosen[0] }));
    return make("div", { className: "field" }, make("label", {}, input.label, select));
  }
  const group = make("fieldset", { className: "field" }, make("legend", { textContent: input.label }));
  for (const [value, label] of input.choices) {
    const box = make("input", { type: input.several ? "checkbox" : "radio", name: input.name, value, checked: chosen.includes(value) });
    box.required = input.required && !input.several;
    group.append(make("label", {}, box, make("span", { textContent: label })));
  }
  return group;
}

function textField(input) {
  const box = make(input.long ? "textarea" : "input", { name: input.name, value: input.value, required: input.required, maxLength: input.most, autocomplete: "off" });
  if (input.long) box.rows = 6;
  box.dir = "auto";
  return make("div", { className: "field" }, make("label", {}, input.required ? input.label : `${input.label} (optional)`, box));
}

function values(form) {
  const found = {};
  for (const input of form.inputs) {
    const controls = [...fields.querySelectorAll("input, textarea, select")].filter((control) => control.name === input.name);
    const boxes = controls.filter((control) => control.type === "checkbox" || control.type === "radio");
    found[input.name] = boxes.length ? boxes.filter((box) => box.checked).map((box) => box.value).join(",") : controls[0].value;
  }
  return found;
}

dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = document.getElementById("form-send");
  button.disabled = true;
  problem.textContent = "";
  try {
    problem.textContent = await send() ?? "";
    if (!problem.textContent) dialog.close();
  } catch (error) {
    problem.textContent = error.message;
  } finally {
    button.disabled = false;
  }
});
for (const id of ["form-cancel", "form-close"]) document.getElementById(id).addEventListener("click", () => dialog.close());

// Opens the dialog; `submit` gets the values and gives what is wrong with them, if anything.
export function openForm(form, submit) {
  document.getElementById("form-title").textContent = form.title;
  document.getElementById("form-send").textContent = form.send;
  problem.textContent = "";
  fields.replaceChildren(...form.inputs.map((input) => {
    const field = input.choices.length ? choiceField(input) : textField(input);
    described(field, input);
    return field;
  }));
  send = () => {
    const filled = values(form);
    const missing = form.inputs.find((input) => input.required && !filled[input.name].trim());
    return missing ? `${missing.label}: please choose at least one.` : submit(filled);
  };
  dialog.showModal();
  fields.querySelector("input, textarea, select")?.focus();
}
