// Counts down in the browser, so that the server need not run every second.

const SHORT_SECONDS = 120
const TIMERS = new WeakMap()

export default function ({ data, parentElement }) {
  const shown = parentElement.querySelector("span")
  const endsAt = performance.now() + data.secondsLeft * 1000
  clearInterval(TIMERS.get(parentElement))
  const tick = () => {
    const left = Math.max(0, Math.round((endsAt - performance.now()) / 1000))
    shown.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} ${data.words.left}` : data.words.over
    shown.className = left < SHORT_SECONDS ? "short" : ""
  }
  tick()
  TIMERS.set(parentElement, setInterval(tick, 500))
  return () => clearInterval(TIMERS.get(parentElement))
}
