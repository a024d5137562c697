// The interviewer's voice: the browser's own, where it has one. Where it has none, nothing waits for it.

const SILENT_MS = 700
const BEAT_MS = 120
const LONGEST_MS = 45_000

export class Voice {
  constructor(events) {
    this.events = events
    this.queue = []
    this.current = null
    this.volume = 1
    this.aloud = true
  }

  get canSpeak() {
    return typeof window.speechSynthesis?.speak === "function" && typeof window.SpeechSynthesisUtterance === "function"
  }

  speak(text) {
    this.queue.push(text)
    if (!this.current) this.next()
  }

  next() {
    const text = this.queue.shift()
    if (text === undefined) return
    this.events.started()
    const beat = setInterval(() => this.events.level(0.25 + Math.random() * 0.6), BEAT_MS)
    let over = false
    const done = () => {
      if (over) return
      over = true
      clearInterval(beat)
      clearTimeout(limit)
      this.current = null
      this.events.level(0)
      this.events.stopped()
      this.next()
    }
    // A synthesiser without voices never ends by itself.
    const hasVoice = this.aloud && this.canSpeak && window.speechSynthesis.getVoices().length > 0
    const limit = setTimeout(done, hasVoice ? LONGEST_MS : SILENT_MS)
    this.current = done
    if (hasVoice) {
      const words = new SpeechSynthesisUtterance(text)
      words.volume = this.volume
      words.onend = words.onerror = done
      window.speechSynthesis.speak(words)
    }
  }

  setAloud(on) {
    this.aloud = on
    if (!on) this.hush()
  }

  hush() {
    this.queue = []
    window.speechSynthesis?.cancel?.()
    this.current?.()
  }
}
