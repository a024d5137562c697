"""What somebody may do with everything that is theirs."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask

from core.accounts import links
from core.privacy.deletion import delete_account
from core.privacy.export import write_export
from webhook_server.deps import Address, App, Caller
from webhook_server.wire import RequestBody

router = APIRouter(prefix="/api/me", tags=["account"])
Password = Annotated[str, Field(min_length=1, max_length=400)]


class DeleteAccountRequest(RequestBody):
    password: Password


class PasswordRequest(RequestBody):
    current_password: Password
    new_password: Password


@router.get("/export", response_class=FileResponse)
def export(app: App, caller: Caller) -> FileResponse:
    """Everything held of the caller, as a zip."""
    app.rates.hit("export", caller.user_id)
    with tempfile.NamedTemporaryFile(prefix="greenroom-export-", suffix=".zip", delete=False) as made:
        file = Path(made.name)
    try:
        write_export(app, caller, file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return FileResponse(
        file,
        media_type="application/zip",
        filename="greenroom-export.zip",
        background=BackgroundTask(file.unlink, missing_ok=True),
    )


@router.delete("", status_code=204)
def delete(body: DeleteAccountRequest, app: App, caller: Caller, address: Address) -> None:
    """Erase the account and everything of it but stripped payments."""
    delete_account(app, caller, password=body.password, address=address)


@router.post("/password", status_code=204)
def change_password(body: PasswordRequest, app: App, caller: Caller, address: Address) -> None:
    """Set another password; every other session ends, and so does every link that was mailed to set one."""
    links.change_password(app, caller, current=body.current_password, new=body.new_password, address=address)
