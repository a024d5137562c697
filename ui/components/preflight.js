// Tries out what a call needs, step by step, before anything is paid. Nothing is kept and no sound leaves the page, but
// for a browser that recognises speech through its maker.

const STEPS = ["browser", "connection", "microphone", "sound", "voice"]
const MARKS = { waiting: "·", running: "…", passed: "✓", unsure: "!", failed: "✕" }
const HEALTH = "/_stcore/health"
const ASKS = 5
const SLOW_MS = 400
const GATHER_MS = 3000
const LISTEN_MS = 6000
const HEARD_LEVEL = 0.02
const RECORD_MS = 5000
const ENOUGH_WORDS = 0.5

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const filled = (words, name, value) => words.replace(`{${name}}`, value)

function loudness(analyser, samples) {
  analyser.getFloatTimeDomainData(samples)
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length)
}

// How many of the words of a sentence were heard, from 0 to 1.
function shareHeard(sentence, heard) {
  const split = text => text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const found = new Set(split(heard))
  const wanted = split(sentence)
  return wanted.filter(word => found.has(word)).length / wanted.length
}

async function millisecondsToServer() {
  const took = []
  for (let at = 0; at < ASKS; at++) {
    const began = performance.now()
    const reply = await fetch(HEALTH, { cache: "no-store" })
    if (!reply.ok) throw new Error("not healthy")
    took.push(performance.now() - began)
  }
  return Math.round(took.sort((a, b) => a - b)[Math.floor(ASKS / 2)])
}

// Whether the browser finds any way a call could take.
async function findsAWay() {
  const peer = new RTCPeerConnection()
  try {
    const found = new Promise(resolve => (peer.onicecandidate = event => event.candidate && resolve(true)))
    peer.createDataChannel("preflight")
    await peer.setLocalDescription(await peer.createOffer())
    return await Promise.race([found, pause(GATHER_MS).then(() => false)])
  } finally {
    peer.close()
  }
}

class Preflight {
  constructor(component) {
    this.component = component
    this.root = component.parentElement
    this.wanted = true
    this.states = {}
    this.find(".start").onclick = () => this.run()
    this.draw()
  }

  get words() {
    return this.component.data.words
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  draw() {
    const { words } = this
    this.find(".start").textContent = Object.keys(this.states).length ? words.again : words.start
    this.find(".kept").textContent = words.kept
    this.find("ol").replaceChildren(
      ...STEPS.map(step => {
        const row = document.createElement("li")
        row.dataset.step = step
        for (const part of ["mark", "name", "detail"]) {
          const cell = document.createElement("span")
          cell.className = part
          row.append(cell)
        }
        row.querySelector(".mark").setAttribute("aria-hidden", "true")
        row.querySelector(".name").textContent = words[step]
        return row
      }),
    )
    for (const step of STEPS) this.mark(step, ...(this.states[step] ?? ["waiting", ""]))
  }

  mark(step, state, detail) {
    this.states[step] = [state, detail]
    const row = this.find(`[data-step=${step}]`)
    row.dataset.state = state
    row.querySelector(".mark").textContent = MARKS[state]
    row.querySelector(".detail").textContent = detail
  }

  async run() {
    const { words } = this
    this.find(".start").disabled = true
    this.find(".verdict").textContent = ""
    for (const step of STEPS) this.mark(step, "waiting", "")
    for (const step of STEPS) {
      this.mark(step, "running", words.checking)
      const [state, detail] = await this[step]()
      if (!this.wanted) return this.stop()
      this.mark(step, state, detail)
      if (state === "failed" && step !== "sound") break
    }
    this.stop()
    this.conclude()
  }

  conclude() {
    const failed = STEPS.filter(step => this.states[step][0] === "failed")
    for (const step of STEPS) if (this.states[step][0] === "running") this.mark(step, "waiting", "")
    this.find(".verdict").textContent = failed.length ? this.words.hindered : this.words.ready
    this.find(".start").disabled = false
    this.find(".start").textContent = this.words.again
    this.component.setStateValue("result", { failed })
  }

  async browser() {
    const { words } = this
    if (!isSecureContext) return ["failed", words.insecure]
    const able = navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection && window.AudioContext && window.WebSocket
    return able ? ["passed", words.fine] : ["failed", words.unable]
  }

  async connection() {
    const { words } = this
    try {
      const took = await millisecondsToServer()
      if (!(await findsAWay())) return ["unsure", words.blocked]
      return took > SLOW_MS ? ["unsure", filled(words.slow, "ms", took)] : ["passed", filled(words.near, "ms", took)]
    } catch {
      return ["failed", words.unreachable]
    }
  }

  async microphone() {
    const { words } = this
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch (error) {
      return ["failed", helpFor(words, microphoneProblem(error))]
    }
    if (!this.wanted) return ["unsure", ""] // Whoever was asked has left meanwhile.
    this.mark("microphone", "running", words.speak)
    this.context = new AudioContext()
    return (await this.isHeard()) ? ["passed", words.heard] : ["failed", words.silence]
  }

  async isHeard() {
    const analyser = this.context.createAnalyser()
    this.context.createMediaStreamSource(this.stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const until = performance.now() + LISTEN_MS
    let loud = 0
    while (performance.now() < until && this.wanted && loud < 5) {
      const level = loudness(analyser, samples)
      loud += level > HEARD_LEVEL
      this.find(".fill").style.transform = `scaleX(${Math.min(1, level * 6)})`
      await pause(80)
    }
    this.find(".fill").style.transform = "scaleX(0)"
    return loud > 0
  }

  async sound() {
    const { words } = this
    this.tone()
    const heard = await this.ask(words.tone, words.yes, words.no)
    return heard ? ["passed", words.fine] : ["failed", words.deaf]
  }

  tone() {
    const { context } = this
    const oscillator = context.createOscillator()
    const volume = context.createGain()
    oscillator.frequency.value = 520
    volume.gain.setValueAtTime(0.0001, context.currentTime)
    volume.gain.exponentialRampToValueAtTime(0.3, context.currentTime + 0.05)
    volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 1.2)
    oscillator.connect(volume).connect(context.destination)
    oscillator.start()
    oscillator.stop(context.currentTime + 1.3)
  }

  async voice() {
    const { words } = this
    if (!window.MediaRecorder) return ["unsure", words.unheard]
    const goes = await this.ask(filled(words.say, "sentence", words.sentence), words.record, words.skip)
    if (!goes) return ["unsure", words.skipped]
    this.mark("voice", "running", words.recording)
    const [sound, heard] = await Promise.all([this.record(), this.recognise()])
    if (!this.wanted) return ["unsure", ""]
    if (heard) {
      const understood = shareHeard(words.sentence, heard) >= ENOUGH_WORDS
      return [understood ? "passed" : "unsure", filled(understood ? words.understood : words.misheard, "heard", heard)]
    }
    const itself = await this.ask(words.playback, words.yes, words.no, sound)
    return itself ? ["passed", words.fine] : ["failed", words.silence]
  }

  async record() {
    const recorder = new MediaRecorder(this.stream)
    const parts = []
    recorder.ondataavailable = event => parts.push(event.data)
    const stopped = new Promise(resolve => (recorder.onstop = resolve))
    recorder.start()
    await pause(RECORD_MS)
    recorder.stop()
    await stopped
    return new Blob(parts, { type: recorder.mimeType })
  }

  // What the browser itself makes of what is said; nothing where it cannot.
  recognise() {
    const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition
    if (!Recognition) return Promise.resolve("")
    return new Promise(resolve => {
      const listener = new Recognition()
      let heard = ""
      listener.lang = document.documentElement.lang || "en"
      listener.onresult = event => (heard = [...event.results].map(result => result[0].transcript).join(" "))
      listener.onerror = () => resolve("")
      listener.onend = () => resolve(heard.trim())
      setTimeout(() => listener.stop(), RECORD_MS)
      try {
        listener.start()
      } catch {
        resolve("")
      }
    })
  }

  // Puts one question; true for its first answer.
  ask(question, first, second, sound) {
    const box = this.find(".question")
    const player = this.find("audio")
    box.querySelector("p").textContent = question
    this.find(".first").textContent = first
    this.find(".second").textContent = second
    player.hidden = !sound
    if (sound) {
      player.src = URL.createObjectURL(sound)
      player.play().catch(() => {})
    }
    box.hidden = false
    this.find(".first").focus({ preventScroll: true })
    return new Promise(resolve => {
      const answer = value => {
        box.hidden = true
        if (sound) URL.revokeObjectURL(player.src)
        resolve(value)
      }
      this.find(".first").onclick = () => answer(true)
      this.find(".second").onclick = () => answer(false)
    })
  }

  stop() {
    this.stream?.getTracks().forEach(track => track.stop())
    this.context?.close()
    this.stream = this.context = null
  }

  close() {
    this.wanted = false
    this.stop()
  }
}

const PREFLIGHTS = new WeakMap()

export default function (component) {
  const { parentElement } = component
  const known = PREFLIGHTS.get(parentElement)
  if (known) {
    known.component = component
    known.draw()
  } else {
    PREFLIGHTS.set(parentElement, new Preflight(component))
  }
  return () => {
    PREFLIGHTS.get(parentElement)?.close()
    PREFLIGHTS.delete(parentElement)
  }
}
