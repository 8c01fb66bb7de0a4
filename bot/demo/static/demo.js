// Places and people as links, our words, timers that run, and quiet where the preview reports on itself.
// It must not touch what the preview's own scripts render, except the text of a relative time.

const fragment = location.hash.slice(1);
const capability = fragment.split(".")[0];
const QUIET = /not completed|uncertain|interrupted|ended|unavailable|Completing/;
const RELATIVE = /^(in \d|in -|now$|this |last |next |yesterday|tomorrow|\d[\d,]* \w+ ago$|in [\d,]+ )/;
const SYMBOLS = { text: "#", thread: "↳", direct: "@" };
const UNITS = [["second", 1, 60], ["minute", 60, 3600], ["hour", 3600, 86400], ["day", 86400, 604800], ["week", 604800, Infinity]];
const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);
const words = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function link(channel, person, current, ...children) {
  const made = element("a", { href: `#${capability}.${channel}.${person}` }, ...children);
  if (current) made.setAttribute("aria-current", "page");
  return made;
}

function rename() {
  document.querySelector(".preview-brand strong").textContent = "Dead Reckoning";
  document.querySelector(".preview-brand small").textContent = "Demo · no token";
  document.getElementById("toolbar").setAttribute("aria-label", "Dead Reckoning demo");
  const toggle = document.getElementById("messages-toggle");
  toggle.lastChild.textContent = " Channels";
  document.getElementById("messages-sidebar").setAttribute("aria-label", "Channels");
  const empty = document.getElementById("channel-empty");
  empty.replaceChildren("No voyage here yet. Type ", element("code", { textContent: "/play" }), " below.");
}

const people = element("nav", { className: "demo-people" });
people.setAttribute("aria-label", "People");
const places = element("nav", { className: "demo-places" });
places.setAttribute("aria-label", "Channels");

function showPlaces(value) {
  people.replaceChildren(element("span", { textContent: "Playing as" }),
    ...value.people.map((item) => link(value.channel, item.key, item.key === value.person, item.name)));
  places.replaceChildren(element("h2", { textContent: "Channels" }), ...value.channels.map((item) => {
    const made = link(item.key, value.person, item.key === value.channel,
      element("i", { textContent: SYMBOLS[item.kind] }), item.name);
    made.dataset.kind = item.kind;
    return made;
  }), element("p", { className: "demo-note" }, "Open a second tab as the other player, or fly another universe in another channel."));
}

let shown = "";
async function refreshPlaces() {
  try {
    const answer = await fetch("/demo.json", { headers: { "X-Simcord-Capability": fragment }, cache: "no-store" });
    if (!answer.ok) return;
    const text = await answer.text();
    if (text === shown) return;
    shown = text;
    showPlaces(JSON.parse(text));
  } catch {
    // The page itself tells that the connection is gone; the list is asked for again.
  }
}

function relative(time) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, , below]) => Math.abs(seconds) < below);
  const text = words.format(Math.round(seconds / size), unit);
  if (time.textContent !== text) time.textContent = text;
}

function markTimes(root) {
  for (const time of root.querySelectorAll("time.discord-timestamp:not([data-relative])")) {
    time.dataset.relative = RELATIVE.test(time.textContent) ? "yes" : "no";
    if (time.dataset.relative === "yes") relative(time);
  }
}

function runTimers() {
  const app = document.getElementById("preview-app");
  new MutationObserver(() => markTimes(app)).observe(app, { childList: true, subtree: true });
  markTimes(app);
  setInterval(() => app.querySelectorAll('time[data-relative="yes"]').forEach(relative), 1000);
}

function quietStatus() {
  const status = document.getElementById("action-status");
  const judge = () => status.toggleAttribute("data-tell", QUIET.test(status.textContent));
  new MutationObserver(judge).observe(status, { childList: true, characterData: true, subtree: true });
  judge();
}

function writeAtOnce() {
  const root = document.getElementById("modal-root");
  let open = false;
  new MutationObserver(() => {
    const before = open;
    open = !root.hidden && root.querySelector(".modal-dialog") !== null;
    if (!open || before) return;
    // The preview focuses the dialog's close button one frame after it opens; Discord focuses the text.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (document.activeElement?.matches("input, textarea")) return;
      root.querySelector("input:not([type=hidden]), textarea")?.focus();
    }));
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
}

function followNewest() {
  const timeline = document.getElementById("channel-timeline");
  const list = document.getElementById("channel-message-list");
  let near = true;
  let hand = -Infinity;
  const follow = () => { if (near) timeline.scrollTop = timeline.scrollHeight; };
  // The preview scrolls too, so only the reader's own hand ends the following.
  for (const name of ["wheel", "touchmove", "touchend", "pointerdown", "pointerup", "keydown"]) {
    timeline.addEventListener(name, (event) => {
      const elsewhere = name.startsWith("pointer") ? event.target !== timeline : name === "keydown" && !SCROLL_KEYS.has(event.key);
      if (!elsewhere) hand = performance.now();
    }, { passive: true });
  }
  timeline.addEventListener("scroll", () => {
    const end = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 40;
    near = performance.now() - hand < 600 ? end : near || end;
  }, { passive: true });
  new MutationObserver(follow).observe(list, { childList: true });
  new ResizeObserver(follow).observe(list);
}

// Discord lets a reader dismiss what only they can see; here that hides it until the page is loaded again.
function dismissPrivate() {
  const list = document.getElementById("channel-message-list");
  const add = () => {
    for (const note of list.querySelectorAll(".message-ephemeral-note:not([data-dismiss])")) {
      note.dataset.dismiss = "";
      const button = element("button", { type: "button", className: "demo-dismiss", textContent: "Dismiss message" });
      button.addEventListener("click", () => { note.closest("[data-message-id]").hidden = true; });
      note.append(" · ", button);
    }
  };
  new MutationObserver(add).observe(list, { childList: true, subtree: true });
}

// A link to a message of this Discord leads to the place in this page, not to discord.com.
function stayHere() {
  document.addEventListener("click", (event) => {
    const found = event.target.closest?.("a[href]")?.href.match(/^https:\/\/discord\.com\/channels\/[^/]+\/(\d+)(?:\/(\d+))?$/);
    if (!found || !shown) return;
    const value = JSON.parse(shown);
    const room = value.channels.find((item) => item.id === found[1]);
    if (!room) return;
    event.preventDefault();
    if (room.key !== value.channel) location.hash = `${capability}.${room.key}.${value.person}`;
    else document.querySelector(`[data-message-id="${found[2]}"]`)?.scrollIntoView({ block: "start" });
  });
}

rename();
document.querySelector(".preview-brand").after(people);
document.getElementById("messages-sidebar").append(places);
runTimers();
quietStatus();
writeAtOnce();
followNewest();
dismissPrivate();
stayHere();
await refreshPlaces();
setInterval(refreshPlaces, 5000);
