"""The page of documentation. Its one script of ours is allowed by its digest, the viewer's by its address."""

import base64
import hashlib
import re

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

VIEWER = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def install(app: FastAPI) -> None:
    """Serve `/docs` with a policy that lets in what the page is made of, and nothing else."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Greenroom: HTTP interface",
        swagger_js_url=f"{VIEWER}swagger-ui-bundle.js",
        swagger_css_url=f"{VIEWER}swagger-ui.css",
        swagger_favicon_url="data:,",
    )
    html = bytes(page.body).decode()
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in _INLINE.findall(html)]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = (
        f"default-src 'none'; script-src {scripts} {VIEWER}; style-src {VIEWER} 'unsafe-inline'; img-src data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )

    def show() -> HTMLResponse:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    app.add_api_route("/docs", show, include_in_schema=False)
