// Opens the payment provider's checkout and hands its outcome to Python, which believes none of it unchecked.

const SCRIPTS = (window.__greenroomScripts ??= new Map())

function loadScript(url) {
  if (window.Razorpay) return Promise.resolve()
  if (!SCRIPTS.has(url)) {
    SCRIPTS.set(
      url,
      new Promise((resolve, reject) => {
        const script = document.createElement("script")
        script.src = url
        script.async = true
        script.onload = resolve
        script.onerror = () => {
          SCRIPTS.delete(url)
          script.remove()
          reject(new Error("blocked"))
        }
        document.head.appendChild(script)
      }),
    )
  }
  return SCRIPTS.get(url)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button")
  const status = parentElement.querySelector("[role=status]")
  button.className = "primary"
  button.textContent = data.words.pay

  const idle = message => {
    button.disabled = false
    status.textContent = message ?? ""
  }
  const tell = (outcome, details = {}) => setTriggerValue("outcome", { outcome, order: data.order, ...details })

  button.onclick = async () => {
    button.disabled = true
    status.textContent = data.words.opening
    try {
      await loadScript(data.script)
    } catch {
      idle(data.words.blocked)
      return
    }
    const checkout = new window.Razorpay({
      key: data.key,
      order_id: data.order,
      amount: data.amount,
      currency: data.currency,
      name: data.words.product,
      description: data.words.description,
      prefill: data.prefill,
      theme: { color: getComputedStyle(button).backgroundColor },
      handler: answer => {
        // The button stays off: the money is on its way, and Python moves the page on.
        status.textContent = data.words.confirming
        tell("paid", { payment: answer.razorpay_payment_id, signature: answer.razorpay_signature })
      },
      modal: { ondismiss: () => idle(data.words.dismissed) },
    })
    // Not final: the customer may try another card in the same window.
    checkout.on("payment.failed", () => {
      status.textContent = data.words.failed
    })
    checkout.open()
  }
}
