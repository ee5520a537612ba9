"use strict";
const byId = (id) => document.getElementById(id);
const root = document.documentElement, glance = byId("glance");
const { tones, far } = JSON.parse(byId("data").textContent);
const here = location.pathname.replace(/\/*$/, "/");
const SILENT_MS = 2500, AGAIN_MS = 5000; // without a view: no connection; a new one is tried
let source, over = false, last = performance.now(), tried = last, lastAt = new Date();

if (new URLSearchParams(location.search).has("overlay")) root.classList.add("overlay");

// The ride: a view four times a second. EventSource connects again by itself; what it gives up, or does not notice,
// as a network that is gone without a word, is tried again here.
function connect() {
  if (source) source.close();
  tried = performance.now();
  source = new EventSource(here + "live");
  source.onmessage = (message) => {
    last = performance.now();
    lastAt = new Date();
    show(JSON.parse(message.data));
    watch();
  };
  source.addEventListener("cue", (message) => sound(JSON.parse(message.data)));
}

function watch() {
  const now = performance.now(), lost = !over && now - last > SILENT_MS;
  root.classList.toggle("lost", lost);
  byId("lost").hidden = !lost;
  if (!lost) return;
  byId("since").textContent = `${lastAt.toLocaleTimeString("en-GB")} · ${Math.round((now - last) / 1000)} s`;
  if (now - tried > AGAIN_MS) connect();
}

function show(view) {
  const set = (id, text) => { byId(id).textContent = text; };
  for (const id of ["meter", "time", "points", "word", "detail", "missing"]) set(id, view[id]);
  for (const side of ["left", "right"]) {
    set(side, view[side].share);
    set(`${side}-label`, view[side].label);
  }
  mark("side", view.side);
  mark("mood", view.mood);
  mark("leg", view.leg);
  glance.classList.toggle("long", view.long);
  byId("way").hidden = view.back === null;
  byId("back").style.width = `${100 * view.back}%`;
  document.querySelectorAll("#pace p").forEach((place, at) => {
    [place.firstElementChild.textContent, place.lastElementChild.textContent] = view.pace[at];
  });
  const notices = view.notices.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  byId("notices").replaceChildren(...notices);
  const mute = byId("mute");
  if (mute) {
    mute.dataset.command = view.muted ? "unmute" : "mute";
    mute.textContent = view.muted ? mute.dataset.unmute : mute.dataset.mute;
  }
  if (view.over) {
    over = true;
    source.close();
    byId("awake").pause();
  }
}

function mark(name, value) {
  if (value) glance.dataset[name] = value;
  else delete glance.dataset[name];
}

// Sound, once it was asked for by a tap: browsers allow none before. Vibration likewise.
let audio = null;
function sound(cue) {
  const tone = tones[`${cue.sound} ${cue.side || ""}`.trim()];
  const long = 1000 * Math.max(tone.beep, 0.1);
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive)
    navigator.vibrate(tone.hertz.flatMap(() => [long, 80]));
  if (!audio) return;
  const merger = audio.createChannelMerger(2);
  merger.connect(audio.destination);
  ["left", "right"].forEach((side, channel) => {
    const level = audio.createGain();
    level.gain.value = tone.side && tone.side !== side ? far : 1;
    tone.hertz.forEach((hertz, number) => beep(hertz, number * (tone.beep + tone.pause), tone.beep, level));
    level.connect(merger, 0, channel);
  });
}

function beep(hertz, after, seconds, into) {
  const start = audio.currentTime + after, wave = audio.createOscillator(), envelope = audio.createGain();
  wave.frequency.value = hertz;
  envelope.gain.setValueAtTime(0, start);
  envelope.gain.linearRampToValueAtTime(0.9, start + 0.006);
  envelope.gain.setValueAtTime(0.9, start + seconds - 0.025);
  envelope.gain.linearRampToValueAtTime(0, start + seconds);
  wave.connect(envelope).connect(into);
  wave.start(start);
  wave.stop(start + seconds);
}

byId("sound").onclick = (event) => {
  audio ??= new AudioContext();
  audio.resume();
  event.target.textContent = event.target.dataset.on;
};

// The phone stays awake. Wake Lock wants https; over http a picture that moves does it, as a film would: a canvas of
// a few pixels, in which one changes every second.
const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
const ink = canvas.getContext("2d"), film = byId("awake");
let lock = null;
function stayAwake() {
  if (over || document.hidden) return;
  if (!lock || lock.released) navigator.wakeLock?.request("screen").then((held) => { lock = held; }, () => {});
  film.srcObject ??= canvas.captureStream?.() ?? null;
  if (film.paused && film.srcObject) film.play().catch(() => {});
}
function move() {
  ink.fillStyle = Date.now() % 2000 < 1000 ? "#000" : "#111";
  ink.fillRect(0, 0, 16, 16);
}
film.muted = true;
move();
setInterval(move, 1000);

// What the rider may do: these are there only under the rider's own address.
async function command(button, body) {
  button.dataset.text ??= button.textContent;
  const answer = await fetch(here + "mark", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => ({ ok: false }));
  const words = answer.ok ? button.dataset.done : button.dataset.failed;
  if (!words) return answer.ok;
  button.textContent = words;
  setTimeout(() => { button.textContent = button.dataset.text; }, 2000);
  return answer.ok;
}
for (const button of document.querySelectorAll("button[data-command]"))
  button.onclick = () => command(button, { command: button.dataset.command });
const note = byId("note");
if (note) note.onsubmit = async (event) => {
  event.preventDefault();
  if (await command(note.querySelector("button"), { command: "note", text: note.text.value })) note.reset();
};

document.addEventListener("pointerdown", stayAwake);
document.addEventListener("visibilitychange", () => { stayAwake(); watch(); });
addEventListener("online", connect);
setInterval(watch, 250);
connect();
stayAwake();
