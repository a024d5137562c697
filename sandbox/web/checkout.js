// A stand-in for Razorpay's checkout.js: the same class, options, callbacks and test outcomes. No money moves.
;(() => {
  const origin = new URL(document.currentScript.src).origin
  const TEST_CARDS = [
    ["4100 2800 0000 1007", "pays"],
    ["4100 2800 0008 0001", "has no money"],
    ["4100 2800 0006 0003", "is declined"],
  ]
  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    dialog { --ink: #17212b; --paper: #fff; --soft: #4a5966; --line: #6b7a86; --accent: #1652a8; --on-accent: #fff;
      --note: #fff1cc; --on-note: #4a3700; --bad: #a3170f;
      width: min(420px, calc(100vw - 24px)); max-height: calc(100dvh - 24px); overflow: auto; padding: 0; border: 0;
      border-radius: 16px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
      box-shadow: 0 18px 60px rgb(0 0 0 / .4); color-scheme: light; }
    dialog.dark { --ink: #e9eff5; --paper: #17202a; --soft: #b3c0cc; --line: #7d8d9b; --accent: #8db8ff;
      --on-accent: #071a35; --note: #4a3a0c; --on-note: #ffe9b0; --bad: #ff9a90; color-scheme: dark; }
    dialog::backdrop { background: rgb(8 16 24 / .6); }
    header, form { padding: 16px 20px; }
    header { border-bottom: 1px solid color-mix(in srgb, var(--line) 40%, transparent); }
    h2 { margin: 0; font-size: 20px; line-height: 1.3; } p { margin: 4px 0 0; }
    .about { color: var(--soft); font-size: 15px; } .sum { font-size: 28px; font-weight: 700; }
    .note { margin: 12px 0 0; padding: 8px 12px; border-radius: 10px; background: var(--note); color: var(--on-note);
      font-weight: 600; font-size: 15px; }
    fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 20px; flex-wrap: wrap; }
    legend { padding: 0; font-weight: 600; }
    fieldset label { display: inline-flex; gap: 8px; align-items: center; min-height: 32px; }
    .field { margin-top: 12px; } .field label { display: block; font-size: 15px; font-weight: 600; }
    .row { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
    .hint { color: var(--soft); font-size: 14px; }
    input[type=text] { width: 100%; min-height: 44px; margin-top: 4px; padding: 8px 12px; font: inherit; color: inherit;
      background: transparent; border: 1px solid var(--line); border-radius: 10px; }
    input[type=radio] { width: 20px; height: 20px; accent-color: var(--accent); }
    button { display: block; width: 100%; min-height: 46px; margin-top: 12px; padding: 8px 14px; font: inherit;
      font-weight: 600; border-radius: 10px; border: 1px solid var(--accent); cursor: pointer; }
    .main { background: var(--accent); color: var(--on-accent); }
    .plain { background: transparent; color: var(--accent); }
    button:disabled { opacity: .6; cursor: progress; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    [role=status] { min-height: 1.5em; margin-top: 12px; font-weight: 600; } .bad { color: var(--bad); }
    [hidden] { display: none !important; }`
  const BODY = `
    <dialog aria-labelledby="title" aria-describedby="note">
      <header>
        <h2 id="title"></h2><p class="about"></p><p class="sum"></p>
        <p class="note" id="note">Razorpay sandbox: no real money.</p>
      </header>
      <form method="dialog" novalidate autocomplete="off">
        <fieldset><legend>Pay with</legend>
          <label><input type="radio" name="method" value="upi" checked> UPI</label>
          <label><input type="radio" name="method" value="card"> Card</label>
        </fieldset>
        <div class="upi"><div class="field"><label for="vpa">UPI address</label>
          <input type="text" id="vpa" value="success@razorpay" spellcheck="false" aria-describedby="vpa-hint">
          <p class="hint" id="vpa-hint">success@razorpay pays, failure@razorpay does not.</p></div></div>
        <div class="card" hidden>
          <div class="field"><label for="number">Card number</label>
            <input type="text" id="number" inputmode="numeric" aria-describedby="card-hint"></div>
          <div class="row">
            <div class="field"><label for="expiry">Expiry</label><input type="text" id="expiry" value="12/30"></div>
            <div class="field"><label for="cvv">CVV</label><input type="text" id="cvv" inputmode="numeric" value="123"></div>
          </div>
          <div class="field"><label for="otp">One-time password</label>
            <input type="text" id="otp" inputmode="numeric" value="123456"></div>
          <p class="hint" id="card-hint"></p>
        </div>
        <p role="status"></p>
        <button class="main" id="pay" type="submit">Pay by UPI</button>
        <div class="row">
          <button class="plain" id="fail" type="button">Let the payment fail</button>
          <button class="plain" id="close" type="button">Close without paying</button>
        </div>
      </form>
    </dialog>`

  // The page's own theme, which need not be the system's: a dark page has a dark ground.
  const isDark = () => {
    for (const element of [document.querySelector(".stApp"), document.body, document.documentElement]) {
      const parts = element && getComputedStyle(element).backgroundColor.match(/[\d.]+/g)?.map(Number)
      if (parts && (parts.length < 4 || parts[3] > 0)) return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] < 128
    }
    return matchMedia("(prefers-color-scheme: dark)").matches
  }

  const money = (amount, currency) => {
    const format = new Intl.NumberFormat("en-IN", { style: "currency", currency })
    return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits)
  }

  class Razorpay {
    constructor(options = {}) {
      if (!options.key) throw new Error("No key passed")
      if (!options.order_id) throw new Error("The sandbox takes orders only: order_id is needed")
      this.options = options
      this.handlers = new Map()
      this.host = null
    }

    on(name, handle) {
      this.handlers.set(name, [...(this.handlers.get(name) ?? []), handle])
      return this
    }

    emit(name, details) {
      for (const handle of this.handlers.get(name) ?? []) handle(details)
    }

    open() {
      if (this.host) return this
      this.before = document.activeElement
      this.host = document.createElement("div")
      this.host.className = "razorpay-container"
      const root = this.host.attachShadow({ mode: "open" })
      root.innerHTML = `<style>${STYLE}</style>${BODY}`
      this.part = name => root.querySelector(name)
      this.fill()
      this.wire()
      document.body.appendChild(this.host)
      this.part("dialog").showModal()
      this.part("#pay").focus()
      this.load()
      if (this.options.timeout > 0) this.timer = setTimeout(() => this.dismiss(), this.options.timeout * 1000)
      return this
    }

    fill() {
      const { name = "Checkout", description = "", amount, currency = "INR", prefill = {} } = this.options
      this.part("dialog").classList.toggle("dark", isDark())
      this.part("h2").textContent = name
      this.part(".about").textContent = description
      if (amount) this.part(".sum").textContent = money(Number(amount), currency)
      if (prefill.vpa) this.part("#vpa").value = prefill.vpa
      this.part("#number").value = TEST_CARDS[0][0]
      this.part("#card-hint").textContent = TEST_CARDS.map(([number, what]) => `${number} ${what}`).join(" · ")
      if (prefill.method === "card") this.part("[value=card]").checked = true
      this.choose()
    }

    wire() {
      const { modal = {} } = this.options
      const dialog = this.part("dialog")
      for (const radio of dialog.querySelectorAll("[name=method]")) {
        radio.onchange = () => {
          this.say("")
          this.choose()
        }
      }
      dialog.querySelector("form").onsubmit = event => {
        event.preventDefault()
        this.pay(this.method())
      }
      this.part("#fail").onclick = () => this.pay({ method: "upi", vpa: "failure@razorpay" })
      this.part("#close").onclick = () => this.leave()
      dialog.addEventListener("cancel", event => {
        event.preventDefault()
        if (modal.escape !== false) this.leave()
      })
      dialog.addEventListener("click", event => {
        if (event.target === dialog && modal.backdropclose === true) this.leave()
      })
    }

    choose() {
      const card = this.part("[value=card]").checked
      this.part(".card").hidden = !card
      this.part(".upi").hidden = card
      this.part("#pay").textContent = card ? "Pay by card" : "Pay by UPI"
    }

    method() {
      if (!this.part("[value=card]").checked) return { method: "upi", vpa: this.part("#vpa").value.trim() }
      return { method: "card", number: this.part("#number").value, otp: this.part("#otp").value }
    }

    // What the order costs is the order's to say, whatever the page was told.
    async load() {
      const { order_id: order, key } = this.options
      try {
        const shown = await this.ask(`orders/${order}?key=${encodeURIComponent(key)}`)
        if (this.host) this.part(".sum").textContent = money(shown.amount, shown.currency)
      } catch (error) {
        this.say(error.message, true)
      }
    }

    async ask(path, body) {
      const request = body && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }
      let reply
      try {
        reply = await fetch(`${origin}/razorpay/checkout/${path}`, request)
      } catch {
        throw new Error("The sandbox cannot be reached.")
      }
      const answer = await reply.json()
      if (!reply.ok) throw new Error(answer.error?.description ?? "Something went wrong.")
      return answer
    }

    async pay(method) {
      const { order_id: order, key, prefill, description } = this.options
      this.busy(true)
      this.say("Paying …")
      this.emit("payment.submit", { method: method.method })
      try {
        const answer = await this.ask(`orders/${order}/payments`, { ...method, key, prefill, description })
        if (!this.host) return
        if (answer.error) this.failed(answer.error)
        else this.succeeded(answer)
      } catch (error) {
        if (this.host) this.say(error.message, true)
      } finally {
        if (this.host) this.busy(false)
      }
    }

    succeeded(answer) {
      this.close()
      if (this.options.callback_url && (this.options.redirect || !this.options.handler)) this.post(answer)
      else this.options.handler?.(answer)
    }

    // A payment that fails is not the end: the same dialog takes another try.
    failed(error) {
      this.emit("payment.failed", { error })
      if (!this.host) return
      if (this.options.callback_url && this.options.redirect) {
        this.close()
        const { metadata, ...plain } = error
        const fields = Object.entries(plain).map(([name, value]) => [`error[${name}]`, value])
        this.post({ ...Object.fromEntries(fields), "error[metadata]": JSON.stringify(metadata) })
      } else if (this.options.retry === false || this.options.retry?.enabled === false) this.dismiss()
      else this.say(`${error.description} You can try again.`, true)
    }

    post(fields) {
      const form = document.createElement("form")
      form.method = "POST"
      form.action = this.options.callback_url
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input")
        input.type = "hidden"
        input.name = name
        input.value = value
        form.appendChild(input)
      }
      document.body.appendChild(form)
      form.submit()
    }

    say(text, bad = false) {
      const status = this.part("[role=status]")
      status.textContent = text
      status.classList.toggle("bad", bad)
    }

    busy(is) {
      for (const name of ["#pay", "#fail", "#close"]) this.part(name).disabled = is
      if (!is) this.part("#pay").focus()
    }

    leave() {
      if (this.options.modal?.confirm_close && !window.confirm("Do you want to leave without paying?")) return
      this.dismiss()
    }

    dismiss() {
      this.close()
      this.options.modal?.ondismiss?.()
    }

    close() {
      clearTimeout(this.timer)
      this.host?.remove()
      this.host = null
      if (this.before?.isConnected) this.before.focus()
    }
  }

  Razorpay.open = options => new Razorpay(options).open()
  window.Razorpay = Razorpay
})()
