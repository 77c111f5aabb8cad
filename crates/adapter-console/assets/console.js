// What is nicer with a script. Every page works without it.
"use strict";

// Times in the zone of the reader; the title keeps UTC.
function localTimes(root) {
  const pad = (number) => String(number).padStart(2, "0");
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const day = [moment.getFullYear(), pad(moment.getMonth() + 1), pad(moment.getDate())].join("-");
    element.textContent = `${day} ${pad(moment.getHours())}:${pad(moment.getMinutes())}`;
  }
}

// j and k move through the lines of a list, to the first link of each. No key decides anything.
function move(step) {
  const lines = [...document.querySelectorAll("[data-line]")].filter((line) => line.querySelector("a[href]"));
  if (lines.length === 0) return;
  const at = lines.indexOf(document.activeElement?.closest("[data-line]"));
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1);
  lines[next].querySelector("a[href]").focus();
}

// Single keys can be switched off: speech input and unsteady hands press them by mistake.
const KEYS = "console-keys";
const keys = document.getElementById("keys");
const keysUsed = document.getElementById("keys-used");
let keysOff = false;
try {
  keysOff = window.localStorage.getItem(KEYS) === "off";
} catch {
  // Without a storage the choice lasts as long as the page.
}
keysUsed.checked = !keysOff;
keysUsed.addEventListener("change", () => {
  keysOff = !keysUsed.checked;
  try {
    window.localStorage.setItem(KEYS, keysOff ? "off" : "on");
  } catch {
    // As above.
  }
});
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (keysOff || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    event.preventDefault();
    if (search) search.focus();
    else window.location.assign("/console/clients");
  } else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "?" && !keys.open) keys.showModal();
});

// One box for all boxes of a list, also of one that a search has brought.
function oneForAll(root) {
  for (const holder of root.querySelectorAll("[data-all]")) holder.hidden = false;
}
document.addEventListener("change", (event) => {
  if (event.target.id !== "all-lines") return;
  for (const box of event.target.closest("table").querySelectorAll("input[name=pick]")) box.checked = event.target.checked;
});

// Zoom and rotation of a document.
for (const section of document.querySelectorAll(".file")) {
  const viewer = section.querySelector(".viewer");
  let turned = 0;
  for (const button of section.querySelectorAll("button[data-zoom], button[data-rotate]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.zoom) viewer.classList.toggle("larger", button.dataset.zoom === "in");
      else {
        viewer.classList.remove(`turned-${turned}`);
        turned = (turned + 90) % 360;
        viewer.classList.add(`turned-${turned}`);
      }
    });
  }
}

// Where a live check has found the session ended, the page waits for the person to come back from the tab with the new sign-in, and
// takes over the proof for its forms. Another person starts on a page of their own.
async function renew() {
  const notice = document.querySelector("[data-ended]");
  if (document.visibilityState !== "visible" || !notice) return;
  const answer = await fetch("/console/me", { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const person = (of) => of.querySelector(".bar a[href='/console/me']")?.textContent;
  const proof = page.querySelector("input[name=csrf]")?.value;
  if (!proof || person(page) !== person(document)) return;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = proof;
  notice.remove();
}
document.addEventListener("visibilitychange", renew);
window.addEventListener("focus", renew);

localTimes(document);
oneForAll(document);
document.addEventListener("htmx:after:swap", () => {
  localTimes(document);
  oneForAll(document);
});
