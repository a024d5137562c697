// The browser's side of a call that the server has made. The call lives in the window, not in this component: Streamlit
// may take the component down and put it up again in the middle of it. Nothing that is said goes to Python from here.

const CALLS = (window.__greenroomCalls ??= new Map())
const MODULES = (window.__greenroomModules ??= new Map())
const LEAVE_AFTER_MS = 4000 // a component that is only being moved is back long before
const ENDING_MS = 1500 // after an ejection the SDK's own call-end may or may not follow
const RECENT_MS = 5000
const LEVEL_MS = 100
const LONGEST_QUESTION_LINES = 4 // a question may come in several lines, after a greeting or a word on the last answer
const ASKS_FOR_TIME =
  "The candidate asks for time to think. Say only that they may take their time, then wait in silence until they speak."

function loadSdk(url) {
  if (!MODULES.has(url)) {
    const loading = import(url).then(module => module.default?.default ?? module.default ?? module.Vapi)
    loading.catch(() => MODULES.delete(url))
    MODULES.set(url, loading)
  }
  return MODULES.get(url)
}

async function askForMicrophone() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    stream.getTracks().forEach(track => track.stop())
    return null
  } catch (error) {
    return microphoneProblem(error)
  }
}

// The number of the open question outlives a reload, where the browser lets a page keep anything at all.
function recall(call, asked) {
  try {
    sessionStorage.setItem(`greenroom-asked-${call}`, asked)
  } catch {}
}

function recalled(call) {
  try {
    return Number(sessionStorage.getItem(`greenroom-asked-${call}`)) || 0
  } catch {
    return 0
  }
}

// The SDK reports a normal hang-up by the other side as an error of its own.
function isEjection(error) {
  const kind = error?.error?.type ?? error?.error?.error?.type ?? ""
  const words = JSON.stringify(error ?? "", ["error", "errorMsg", "message", "msg", "type"])
  return /ejected|meeting-ended/i.test(kind) || /ejection|meeting has ended/i.test(words)
}

class Call {
  constructor(data) {
    this.data = data
    this.phase = "idle"
    this.problem = null
    this.muted = false
    this.unstable = false
    this.held = false
    this.thinking = false
    this.lines = []
    this.partial = ""
    this.asked = recalled(data.call)
    this.levels = { own: 0, interviewer: 0 }
    this.views = new Set()
    this.client = null
    this.gone = false
    this.lastTrouble = -Infinity
  }

  show(change = {}) {
    Object.assign(this, change)
    for (const view of this.views) view.render()
  }

  enter(phase, problem = null) {
    if (this.phase === phase && this.problem === problem) return
    this.show({ phase, problem, held: false, thinking: false })
    for (const view of this.views) view.tell()
  }

  async join() {
    if (["connecting", "live"].includes(this.phase)) return
    this.enter("connecting")
    const trouble = await askForMicrophone()
    if (this.gone) return
    if (trouble) return this.enter("microphone", trouble)
    try {
      const Vapi = await loadSdk(this.data.sdk)
      if (this.gone) return
      const client = new Vapi("public", this.data.apiBase || undefined, { avoidEval: true })
      this.client = client
      this.listen(client)
      await client.reconnect({ id: this.data.call, webCallUrl: this.data.webCallUrl })
      if (this.gone) client.stop?.() // A client that is stopped while it connects may connect all the same.
    } catch (error) {
      if (this.gone) return
      if (isEjection(error)) this.end()
      else if (this.phase === "connecting") this.enter("failed", "failed")
    }
  }

  listen(client) {
    // Events of a client that was given up for another one change nothing any more.
    const on = (name, handle) => client.on(name, (...details) => this.client === client && handle(...details))
    on("call-start", () => {
      if (this.phase === "live") return
      this.enter("live")
      client.setMuted?.(this.muted)
      client.startLocalAudioLevelObserver?.(LEVEL_MS)
    })
    on("call-end", () => this.end())
    on("message", message => this.hear(message))
    on("volume-level", level => this.show({ levels: { ...this.levels, interviewer: level } }))
    on("local-volume-level", level => this.show({ levels: { ...this.levels, own: level } }))
    on("network-connection", event => this.show({ unstable: event?.event === "interrupted" }))
    on("camera-error", () => this.phase !== "live" && this.enter("microphone", "microphone_denied"))
    on("call-start-failed", () => this.phase === "connecting" && this.enter("failed", "failed"))
    on("error", error => this.take(error))
  }

  hear(message) {
    if (message?.type !== "transcript" || !message.transcript) return
    const who = message.role === "assistant" ? "interviewer" : "you"
    if (message.transcriptType === "final") {
      this.lines.push({ who, text: message.transcript })
      if (who === "interviewer") this.count()
      this.show({ partial: "", thinking: this.thinking && who !== "you" })
    } else {
      this.show({ partial: message.transcript })
    }
  }

  count() {
    const before = this.lines.findLastIndex(line => line.who === "you") + 1
    const said = this.lines.slice(Math.max(before, this.lines.length - LONGEST_QUESTION_LINES))
    this.asked = questionAsked(this.data.marks, said.map(line => line.text).join(" "), this.asked)
    recall(this.data.call, this.asked)
  }

  take(error) {
    if (isEjection(error)) {
      setTimeout(() => this.end(), ENDING_MS)
      return
    }
    if (error?.type === "audio-start-failed") return this.show({ held: true })
    this.lastTrouble = performance.now()
    if (this.phase === "connecting") this.enter("failed", "failed")
  }

  end() {
    if (this.phase === "ended" || this.phase === "lost") return
    const dropped = this.phase === "live" && performance.now() - this.lastTrouble < RECENT_MS
    this.client = null
    this.enter(dropped ? "lost" : "ended", dropped ? "lost" : null)
  }

  mute() {
    this.muted = !this.muted
    this.client?.setMuted?.(this.muted)
    this.show()
  }

  think() {
    this.client?.send?.({
      type: "add-message",
      message: { role: "system", content: ASKS_FOR_TIME },
      triggerResponseEnabled: true,
    })
    this.show({ thinking: true })
  }

  listenUp() {
    for (const player of document.querySelectorAll("audio")) player.play().catch(() => {})
    this.show({ held: false })
  }

  leave() {
    const client = this.client
    this.client = null
    this.gone = true
    if (CALLS.get(this.data.call) === this) CALLS.delete(this.data.call)
    client?.stop?.()
  }
}

function callFor(data) {
  if (!CALLS.has(data.call)) CALLS.set(data.call, new Call(data))
  const call = CALLS.get(data.call)
  call.data = data
  return call
}

class View {
  constructor(root, call, component) {
    this.root = root
    this.call = call
    this.component = component
    this.shown = 0
    this.find(".captions").replaceChildren()
    this.find(".join").onclick = () => call.join()
    this.find(".mute").onclick = () => call.mute()
    this.find(".think").onclick = () => call.think()
    this.find(".listen").onclick = () => call.listenUp()
    this.ticking = setInterval(() => this.tick(), 500)
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  get words() {
    return this.call.data.words
  }

  tell() {
    const { phase, problem, data } = this.call
    if (phase !== "connecting") this.component.setStateValue("phase", { call: data.call, phase, problem })
  }

  render() {
    const { call, words } = this
    const live = call.phase === "live"
    const say = (selector, text) => {
      const element = this.find(selector)
      if (element.textContent !== text) element.textContent = text
    }
    this.find(".dot").dataset.phase = call.phase
    say(".phase", live && call.muted ? words.muted : (words[call.phase] ?? words.failed))
    if (call.phase === "microphone" || call.phase === "lost") say(".phase", words.idle)
    const { asked, data } = call
    say(".question", asked ? words.question.replace("{order}", asked).replace("{total}", data.marks.length) : "")
    say(".interviewer-name", words.interviewer)
    say(".own-name", words.you)
    for (const [who, level] of Object.entries(call.levels)) {
      this.find(`[data-who=${who}]`).style.transform = `scaleX(${live ? Math.min(1, level * 1.4) : 0})`
    }
    const help = call.problem ? helpFor(words, call.problem) : live && call.unstable ? words.unstable : live && call.held ? words.silent : ""
    say(".help", help)
    this.find(".help").hidden = !help
    say(".join", call.problem ? words.again : words.join)
    this.find(".join").hidden = !["idle", "failed", "microphone", "lost"].includes(call.phase)
    say(".listen", words.listen)
    this.find(".listen").hidden = !(live && call.held)
    say(".mute", call.muted ? words.unmute : words.mute)
    this.find(".mute").setAttribute("aria-pressed", String(call.muted))
    this.find(".mute").hidden = !live
    say(".think", call.thinking ? words.thinking : words.think)
    this.find(".think").disabled = call.thinking
    this.find(".think").hidden = !live
    this.captions()
    this.tick()
  }

  captions() {
    const { call, words } = this
    const box = this.find(".captions")
    box.setAttribute("aria-label", words.captions)
    for (const line of call.lines.slice(this.shown)) {
      const row = document.createElement("p")
      const who = document.createElement("span")
      who.className = "who"
      who.textContent = `${line.who === "you" ? words.you : words.interviewer}:`
      row.append(who, document.createTextNode(line.text))
      box.append(row)
      box.scrollTop = box.scrollHeight
    }
    this.shown = call.lines.length
    const partial = this.find(".partial")
    const waiting = call.lines.length ? "" : words.captions
    const text = call.partial || waiting
    if (partial.textContent !== text) partial.textContent = text
  }

  tick() {
    const time = this.find(".time")
    const left = Math.max(0, Math.round((this.call.endsAt - performance.now()) / 1000))
    time.hidden = !Number.isFinite(left) || this.call.phase === "ended"
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} ${this.words.left}`
    if (time.textContent !== text) time.textContent = text
  }

  close() {
    clearInterval(this.ticking)
    this.call.views.delete(this)
    setTimeout(() => this.call.views.size || this.call.leave(), LEAVE_AFTER_MS)
  }
}

const VIEWS = new WeakMap()

export default function (component) {
  const { data, parentElement } = component
  const call = callFor(data)
  call.endsAt = performance.now() + data.secondsLeft * 1000
  let view = VIEWS.get(parentElement)
  if (view && view.call !== call) {
    view.close()
    view = null
  }
  if (!view) {
    view = new View(parentElement, call, component)
    VIEWS.set(parentElement, view)
    call.views.add(view)
    if (call.phase === "ended") view.tell()
  }
  view.component = component
  call.views.add(view)
  view.render()
  // A browser lets sound start only after a gesture; the click that started the interview was one, a reload was not.
  if (call.phase === "idle" && navigator.userActivation?.hasBeenActive) call.join()
  return () => {
    VIEWS.delete(parentElement)
    view.close()
  }
}
