// Where the candidate answers: a floating panel of its own, apart from the page's styles and within reach of a keyboard.

const STYLE = `
  :host { all: initial; }
  * { box-sizing: border-box; }
  section { --ink: #17212b; --paper: #fff; --soft: #4a5966; --line: #6b7a86; --accent: #14604f; --on-accent: #fff;
    --said: #eef3f1; --note: #fff1cc; --on-note: #4a3700;
    position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; width: min(400px, calc(100vw - 32px));
    max-height: min(640px, calc(100dvh - 32px)); display: flex; flex-direction: column; gap: 10px; padding: 14px 16px;
    border: 1px solid var(--line); border-radius: 16px; background: var(--paper); color: var(--ink);
    font: 16px/1.5 system-ui, sans-serif; box-shadow: 0 12px 40px rgb(0 0 0 / .3); color-scheme: light; }
  section.dark { --ink: #e9f0ed; --paper: #15201d; --soft: #b3c2bd; --line: #7a8d86; --accent: #83d6be;
    --on-accent: #04231b; --said: #20302b; --note: #4a3a0c; --on-note: #ffe9b0; color-scheme: dark; }
  header { display: flex; align-items: center; gap: 8px; justify-content: space-between; }
  h2 { margin: 0; font-size: 17px; } p { margin: 0; }
  .note { padding: 4px 10px; border-radius: 8px; background: var(--note); color: var(--on-note); font-size: 14px;
    font-weight: 600; }
  [role=log] { overflow: auto; flex: 1 1 auto; min-height: 72px; max-height: 150px; display: flex; flex-direction: column;
    gap: 8px; overscroll-behavior: contain; }
  .turn { padding: 8px 12px; border-radius: 12px; background: var(--said); overflow-wrap: anywhere; }
  .turn b { display: block; font-size: 13px; color: var(--soft); }
  .turn.user { background: transparent; border: 1px solid color-mix(in srgb, var(--line) 60%, transparent); }
  label.answer { font-weight: 600; font-size: 15px; }
  textarea { width: 100%; min-height: 92px; max-height: 30dvh; resize: vertical; padding: 8px 12px; font: inherit;
    color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 12px; }
  .row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  button { min-height: 44px; padding: 6px 16px; font: inherit; font-weight: 600; border-radius: 12px;
    border: 1px solid var(--accent); cursor: pointer; }
  .main { background: var(--accent); color: var(--on-accent); } .plain { background: transparent; color: var(--accent); }
  .small { min-height: 36px; padding: 2px 12px; font-size: 14px; }
  button:disabled, textarea:disabled { opacity: .6; cursor: not-allowed; }
  .check { display: inline-flex; gap: 8px; align-items: center; min-height: 36px; font-size: 14px; }
  input { width: 20px; height: 20px; accent-color: var(--accent); }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  .hint, [role=status] { color: var(--soft); font-size: 14px; } [role=status]:empty { display: none; }
  [hidden] { display: none !important; }
  @media (max-width: 600px) { section { right: 0; left: 0; bottom: 0; width: 100%; max-height: 62dvh;
    border-radius: 16px 16px 0 0; border-width: 1px 0 0; padding-bottom: max(14px, env(safe-area-inset-bottom)); }
    [role=log] { max-height: 17dvh; } textarea { min-height: 64px; } .hint { display: none; } }`
const BODY = `
  <section aria-label="Sandbox call">
    <header><h2>Interview call</h2>
      <button type="button" class="plain small" id="fold" aria-expanded="true" aria-controls="inside">Hide</button></header>
    <p class="note">Sandbox: no real voice</p>
    <div id="inside" style="display: contents">
      <div role="log" aria-label="What was said" tabindex="0"></div>
      <label class="answer" for="words">Your answer</label>
      <textarea id="words" aria-describedby="hint"></textarea>
      <p class="hint" id="hint">Type what you would say. Ctrl + Enter says it.</p>
      <p role="status"></p>
      <div class="row">
        <button type="button" class="main" id="say">Say it</button>
        <button type="button" class="plain" id="speak" hidden>Speak</button>
        <label class="check" hidden><input type="checkbox" id="aloud" checked> Read aloud</label>
      </div>
    </div>
  </section>`
const NAMES = { bot: "Interviewer", user: "You" }
const TYPING_MS = 700

// The page's own theme, which need not be the system's: a dark page has a dark ground.
function isDark() {
  for (const element of [document.querySelector(".stApp"), document.body, document.documentElement]) {
    const parts = element && getComputedStyle(element).backgroundColor.match(/[\d.]+/g)?.map(Number)
    if (parts && (parts.length < 4 || parts[3] > 0)) return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] < 128
  }
  return matchMedia("(prefers-color-scheme: dark)").matches
}

export class Panel {
  constructor(events) {
    this.events = events
    this.host = document.createElement("div")
    this.host.id = "greenroom-sandbox-call"
    const root = this.host.attachShadow({ mode: "open" })
    root.innerHTML = `<style>${STYLE}</style>${BODY}`
    this.part = name => root.querySelector(name)
    this.root = root
    this.field = this.part("textarea")
    this.wire()
    document.body.appendChild(this.host)
    this.theme()
    this.watcher = setInterval(() => this.theme(), 1000)
  }

  wire() {
    this.part("#say").onclick = () => this.answer()
    this.part("#fold").onclick = () => this.fold()
    this.field.onkeydown = event => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        this.answer()
      }
    }
    this.field.oninput = () => {
      clearTimeout(this.pause)
      this.pause = setTimeout(() => this.field.value.trim() && this.events.typing(this.field.value), TYPING_MS)
    }
    if (this.events.canSpeak) {
      this.part(".check").hidden = false
      this.part("#aloud").onchange = event => this.events.aloud(event.target.checked)
    }
    const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition
    if (Recognition) this.dictation(Recognition)
  }

  dictation(Recognition) {
    const button = this.part("#speak")
    button.hidden = false
    button.setAttribute("aria-pressed", "false")
    const pressed = on => {
      button.setAttribute("aria-pressed", String(on))
      button.textContent = on ? "Stop speaking" : "Speak"
    }
    button.onclick = () => {
      if (this.listener) {
        this.listener.stop()
        return
      }
      const listener = (this.listener = new Recognition())
      listener.lang = document.documentElement.lang || "en"
      listener.continuous = true
      listener.onresult = event => {
        const heard = [...event.results].slice(event.resultIndex).filter(result => result.isFinal)
        const words = heard.map(result => result[0].transcript.trim()).join(" ")
        this.field.value = `${this.field.value} ${words}`.trim()
        this.field.oninput()
      }
      listener.onerror = event => this.say(`Speech is not recognised here (${event.error}). Type instead.`)
      listener.onend = () => {
        this.listener = null
        pressed(false)
      }
      try {
        listener.start()
        pressed(true)
      } catch {
        this.listener = null
        this.say("Speech is not recognised here. Type instead.")
      }
    }
  }

  theme() {
    this.part("section").classList.toggle("dark", isDark())
  }

  fold() {
    const open = this.part("#fold").getAttribute("aria-expanded") !== "true"
    this.part("#fold").setAttribute("aria-expanded", String(open))
    this.part("#fold").textContent = open ? "Hide" : "Show"
    this.part("#inside").style.display = open ? "contents" : "none"
  }

  answer() {
    const text = this.field.value.trim()
    if (!text) {
      this.say("There is nothing to say yet.")
      this.field.focus()
      return
    }
    clearTimeout(this.pause)
    this.listener?.stop()
    if (!this.events.answered(text)) {
      this.say("That was not heard. Try again in a moment.")
      return
    }
    this.field.value = ""
    this.say("")
    this.field.focus({ preventScroll: true })
  }

  add(role, text) {
    const turn = document.createElement("p")
    turn.className = `turn ${role}`
    const name = document.createElement("b")
    name.textContent = NAMES[role] ?? role
    turn.append(name, text)
    const log = this.part("[role=log]")
    log.append(turn)
    log.scrollTop = log.scrollHeight
    const nobody = document.activeElement === document.body || document.activeElement === null
    if (role === "bot" && nobody) this.field.focus({ preventScroll: true })
  }

  replay(history) {
    this.part("[role=log]").replaceChildren()
    for (const { role, text } of history) this.add(role, text)
  }

  setMuted(muted) {
    this.field.disabled = muted
    this.part("#say").disabled = muted
    this.say(muted ? "You are muted. Unmute to answer." : "")
  }

  say(text) {
    this.part("[role=status]").textContent = text
  }

  remove() {
    clearInterval(this.watcher)
    clearTimeout(this.pause)
    this.listener?.stop()
    this.host.remove()
  }
}
