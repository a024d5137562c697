// What stands in the way of the microphone, and where the owner of this browser lets it through.

const MICROPHONE_PROBLEMS = {
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
}

function microphoneProblem(error) {
  return MICROPHONE_PROBLEMS[error?.name] ?? "microphone_denied"
}

function browserKind() {
  const agent = navigator.userAgent
  if (/iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios"
  if (/Firefox/.test(agent)) return "firefox"
  if (/Android/.test(agent)) return "android"
  if (/Safari/.test(agent) && !/Chrom(e|ium)|Edg/.test(agent)) return "safari"
  return "chrome"
}

function helpFor(words, problem) {
  return problem === "microphone_denied" ? `${words[problem]} ${words[`allow_${browserKind()}`]}` : words[problem]
}
