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

// j and k move through the lines of a list. No key decides anything.
function move(step) {
  const lines = [...document.querySelectorAll("[data-line] a[href]")];
  if (lines.length === 0) return;
  const at = lines.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1);
  lines[next].focus();
}

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    event.preventDefault();
    if (search) search.focus();
    else window.location.assign("/console/clients");
  } else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "?") {
    const keys = document.getElementById("keys");
    if (keys && !keys.open) keys.showModal();
  }
});

// Zoom and rotation of a document.
for (const section of document.querySelectorAll(".file")) {
  const paper = section.querySelector(".paper");
  let turned = 0;
  for (const button of section.querySelectorAll("button[data-zoom], button[data-rotate]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.zoom) paper.classList.toggle("larger", button.dataset.zoom === "in");
      else {
        paper.classList.remove(`turned-${turned}`);
        turned = (turned + 90) % 360;
        paper.classList.add(`turned-${turned}`);
      }
    });
  }
}

localTimes(document);
document.addEventListener("htmx:after:swap", () => localTimes(document));
