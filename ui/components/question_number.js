// Which question is being asked, from the marks of its words: the questions themselves are not in the page before they
// are asked. `core/interviews/marks.py` makes the same marks.

const MARK_BITS = 10
const ASKED_FROM = 0.6 // of a question's words; less may be a follow-up or another question in the same manner

function wordsOf(text) {
  return text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
}

function wordMark(word) {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(word)) value = Math.imul(value ^ byte, 0x01000193) >>> 0
  return (value ^ (value >>> MARK_BITS) ^ (value >>> (2 * MARK_BITS))) & ((1 << MARK_BITS) - 1)
}

// The number of the question that the words carry most of, 0 for none. Of two that are carried alike it is the later
// one, and an earlier one than `asked` never comes again.
function questionAsked(marks, said, asked) {
  const heard = new Set(wordsOf(said).map(wordMark))
  let best = { order: 0, share: 0 }
  marks.forEach((question, place) => {
    const share = question.filter(mark => heard.has(mark)).length / question.length
    if (share >= ASKED_FROM && share >= best.share) best = { order: place + 1, share }
  })
  return Math.max(best.order, asked)
}
