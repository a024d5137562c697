// Keeps a line open on which the server says that something has changed; the page then reads again. A line that breaks
// is opened anew, a little later each time. While there is none the page still looks from time to time.

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30000

export default function ({ parentElement, setTriggerValue }) {
  let socket = null
  let timer = null
  let over = false
  let wait = FIRST_WAIT_MS
  let heard = 0

  const open = () => {
    const address = new URL("live", document.baseURI)
    address.protocol = address.protocol.replace("http", "ws")
    socket = new WebSocket(address.href)
    socket.onopen = () => { wait = FIRST_WAIT_MS }
    socket.onmessage = () => setTriggerValue("changed", ++heard)
    socket.onclose = () => {
      if (over) return
      timer = setTimeout(open, wait * (0.5 + Math.random() / 2))
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    }
  }

  parentElement.querySelector("span").dataset.live = "on"
  open()
  return () => {
    over = true
    clearTimeout(timer)
    socket?.close()
  }
}
