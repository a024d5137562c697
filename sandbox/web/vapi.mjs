// A stand-in for @vapi-ai/web 2.7 with its names, methods and events. The interviewer's words come from the sandbox;
// the candidate types them into a panel, or dictates where the browser recognises speech. No sound is sent anywhere.

import { Panel } from "./panel.mjs"
import { Voice } from "./voice.mjs"

const SECOND_CALL_START_MS = 60
const RETRY_MS = [500, 1000, 2000, 3000, 4000, 4000, 4000]
const EJECTED = "Meeting ended due to ejection: Meeting has ended"

class Emitter {
  constructor() {
    this.listeners = new Map()
  }
  on(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener])
    return this
  }
  addListener(name, listener) {
    return this.on(name, listener)
  }
  once(name, listener) {
    const wrapped = (...details) => {
      this.off(name, wrapped)
      listener(...details)
    }
    wrapped.listener = listener
    return this.on(name, wrapped)
  }
  off(name, listener) {
    const kept = (this.listeners.get(name) ?? []).filter(one => one !== listener && one.listener !== listener)
    this.listeners.set(name, kept)
    return this
  }
  removeListener(name, listener) {
    return this.off(name, listener)
  }
  removeAllListeners(name) {
    if (name === undefined) this.listeners.clear()
    else this.listeners.delete(name)
    return this
  }
  listenerCount(name) {
    return (this.listeners.get(name) ?? []).length
  }
  emit(name, ...details) {
    const heard = this.listeners.get(name) ?? []
    for (const listener of heard) listener(...details)
    if (name === "error" && heard.length === 0) {
      // As with the real emitter, an error that nobody listens for is thrown: but after what had to be done is done.
      queueMicrotask(() => {
        throw Object.assign(new Error("Unhandled error event of the call"), { context: details[0] })
      })
    }
    return heard.length > 0
  }
}

export default class Vapi extends Emitter {
  constructor(apiToken, apiBaseUrl = "https://api.vapi.ai") {
    super()
    this.apiToken = apiToken
    this.apiBaseUrl = apiBaseUrl
    this.socket = null
    this.state = "idle"
    this.muted = false
    this.observer = null
    this.level = 0
    this.voice = new Voice({
      started: () => this.emit("speech-start"),
      level: volume => this.emit("volume-level", volume),
      stopped: () => this.emit("speech-end"),
    })
  }

  // Makes a call by itself. Errors come as events and the answer is null, as in the real SDK.
  async start(assistant, assistantOverrides, squad, workflow, workflowOverrides, options) {
    if (!assistant && !squad && !workflow) throw new Error("Assistant or Squad or Workflow must be provided.")
    try {
      const reply = await fetch(`${this.apiBaseUrl}/call/web`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.apiToken}` },
        body: JSON.stringify({
          ...(typeof assistant === "string" ? { assistantId: assistant } : { assistant }),
          ...(assistantOverrides && { assistantOverrides }),
          ...(squad && { squad }),
          ...(workflow && { workflow }),
          ...(workflowOverrides && { workflowOverrides }),
          ...options,
        }),
      })
      const call = await reply.json()
      if (!reply.ok) throw Object.assign(new Error(String(call.message)), { body: call })
      await this.join(call)
      return call
    } catch (error) {
      this.complain("start-method-error", "web-call-creation", error)
      this.emit("call-start-failed", { stage: "web-call-creation", error: error.message, timestamp: now(), context: {} })
      return null
    }
  }

  // Joins a call that a server has made. Throws when it cannot.
  async reconnect(call) {
    if (this.state !== "idle") throw new Error("A call is under way already.")
    try {
      await this.join(call)
    } catch (error) {
      this.complain("reconnect-error", "daily-call-join", error)
      throw error
    }
    // The real SDK says so twice after a reconnect: when it has joined, and when the assistant listens.
    setTimeout(() => this.state === "joined" && this.emit("call-start"), SECOND_CALL_START_MS)
  }

  async join({ webCallUrl, id } = {}) {
    if (!webCallUrl) throw new Error("webCallUrl is required to join a call.")
    const began = performance.now()
    this.state = "joining"
    this.callId = id
    this.address = `${webCallUrl.replace(/^http/, "ws").replace(/\/$/, "")}/socket`
    this.progress("daily-call-join", "started")
    try {
      await this.connect()
    } catch (error) {
      this.state = "idle"
      this.progress("daily-call-join", "failed")
      throw error
    }
    this.progress("daily-call-join", "completed")
    this.emit("call-start-success", { totalDuration: performance.now() - began, callId: this.callId, timestamp: now() })
    this.emit("call-start")
  }

  progress(stage, status) {
    this.emit("call-start-progress", { stage, status, timestamp: now() })
  }

  complain(type, stage, error) {
    this.emit("error", { type, stage, error, timestamp: now(), ...(this.callId && { callId: this.callId }) })
  }

  // Opens the line; done when the sandbox has said what went on so far.
  connect() {
    return new Promise((resolve, reject) => {
      const socket = (this.socket = new WebSocket(this.address))
      let joined = false
      socket.onmessage = event => {
        const frame = JSON.parse(event.data)
        if (frame.kind === "joined") {
          joined = true
          this.callId ??= frame.callId
          this.state = "joined"
          this.showPanel(frame.history)
          resolve()
        } else if (frame.kind === "ended" && !joined) {
          reject(new Error("This call is over."))
        } else {
          this.hear(frame)
        }
      }
      socket.onclose = () => {
        if (!joined) reject(new Error("The call cannot be reached."))
        else if (this.state === "joined" && this.socket === socket) this.comeBack()
      }
    })
  }

  // A line that breaks is tried again for a while; the call waits for twenty seconds.
  async comeBack() {
    this.state = "interrupted"
    this.emit("network-connection", { event: "interrupted", type: "signaling" })
    this.panel?.say("The line is interrupted. Trying again …")
    for (const wait of RETRY_MS) {
      await new Promise(done => setTimeout(done, wait))
      if (this.state !== "interrupted") return
      try {
        await this.connect()
        this.panel?.say("")
        this.emit("network-connection", { event: "connected", type: "signaling" })
        return
      } catch (error) {
        if (error.message === "This call is over.") break
      }
    }
    this.complain("daily-error", "call", { type: "connection-error", msg: "The line is lost." })
    this.finish()
  }

  hear(frame) {
    if (frame.kind === "message") this.emit("message", frame.message)
    else if (frame.kind === "said") {
      this.panel?.add(frame.role, frame.text)
      if (frame.role === "bot") this.voice.speak(frame.text)
    } else if (frame.kind === "ended") {
      // An ordinary hang-up looks like this in the real SDK, too.
      this.complain("daily-error", "call", { type: "ejected", msg: EJECTED, message: { type: "ejected", msg: EJECTED } })
      this.finish()
    }
  }

  transmit(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false
    this.socket.send(JSON.stringify(frame))
    return true
  }

  showPanel(history) {
    this.panel ??= new Panel({
      answered: text => {
        this.voice.hush()
        return !this.muted && this.transmit({ kind: "answer", text })
      },
      typing: text => {
        this.level = 0.4
        if (!this.muted) this.transmit({ kind: "typing", text })
      },
      aloud: on => this.voice.setAloud(on),
      canSpeak: this.voice.canSpeak,
    })
    this.panel.replay(history)
    this.panel.setMuted(this.muted)
  }

  finish() {
    if (this.state === "idle") return
    this.state = "idle"
    this.voice.hush()
    this.panel?.remove()
    this.panel = null
    this.stopLocalAudioLevelObserver()
    const socket = this.socket
    this.socket = null
    socket?.close()
    this.emit("call-end")
  }

  async stop() {
    if (this.state === "idle") return
    this.transmit({ kind: "leave" })
    this.emit("message", { type: "status-update", status: "ended", endedReason: "customer-ended-call" })
    this.finish()
  }

  end() {
    this.send({ type: "end-call" })
    return this.stop()
  }

  send(message) {
    this.transmit({ kind: "send", message })
  }

  say(message, endCallAfterSpoken, interruptionsEnabled, interruptAssistantEnabled) {
    this.send({ type: "say", message, endCallAfterSpoken, interruptionsEnabled, interruptAssistantEnabled })
  }

  setMuted(muted) {
    if (this.state === "idle") throw new Error("Call object is not available.")
    this.muted = Boolean(muted)
    this.panel?.setMuted(this.muted)
  }

  isMuted() {
    return this.muted
  }

  setVolume(volume) {
    this.voice.volume = Math.min(1, Math.max(0, Number(volume)))
  }

  startLocalAudioLevelObserver(interval = 100) {
    this.observer ??= setInterval(() => {
      this.emit("local-volume-level", this.muted ? 0 : this.level)
      this.level = 0
    }, interval)
    return Promise.resolve()
  }

  stopLocalAudioLevelObserver() {
    clearInterval(this.observer)
    this.observer = null
  }

  isLocalAudioLevelObserverRunning() {
    return this.observer !== null
  }

  getLocalAudioLevel() {
    return this.muted ? 0 : this.level
  }

  // There is neither sound nor picture here: what handles them is present and does nothing.
  getDailyCallObject() {
    return null
  }
  getAudioPlayer() {
    return null
  }
  increaseMicLevel() {}
  setInputDevicesAsync() {
    return Promise.resolve()
  }
  setOutputDeviceAsync() {
    return Promise.resolve()
  }
  startScreenSharing() {}
  stopScreenSharing() {}
  startRecording() {}
  stopRecording() {}
  static runNetworkTestsStandalone() {
    return Promise.resolve({ websocket: { result: "passed" }, network: { result: "passed" }, callQuality: { result: "good" } })
  }
}

function now() {
  return new Date().toISOString()
}
