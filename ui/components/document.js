// Streamlit's own page says that it is English; taken away, this says so again.

export default function ({ data }) {
  const page = document.documentElement
  page.lang = data.language
  return () => {
    page.lang = "en"
  }
}
