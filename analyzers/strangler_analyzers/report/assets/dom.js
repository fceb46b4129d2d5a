// Elements without a template language: text never becomes markup.
function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "style") element.style.cssText = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}
const byId = (id) => document.getElementById(id);
const link = (text, go, extra = {}) => make("button", { class: "link", type: "button", onclick: go, ...extra }, text);
const percent = (share) => `${Math.round(100 * share)} %`;
const plural = (count, noun, many = `${noun}s`) => `${count} ${count === 1 ? noun : many}`;

// Long lists are shown in portions: thousands of rows at once would make the page slow for nobody's good.
function portions(items, render, most = 60) {
  const holder = make("ul");
  let shown = 0;
  const more = make("button", { type: "button", onclick: () => grow() });
  function grow() {
    for (const item of items.slice(shown, shown + most)) holder.append(render(item));
    shown += most;
    more.textContent = `${items.length - shown} more`;
    more.hidden = shown >= items.length;
  }
  grow();
  return [holder, more];
}
